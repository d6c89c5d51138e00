// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/type_index.hpp>

namespace luolab {

/// JSON Schema (2020-12, as OpenAPI 3.1 uses it) of described structs: what `to_json` writes and
/// `from_json` reads. Structs become components, named as in C++, so that an answer can't differ
/// from its description without a test noticing. What is read may leave members out, which then
/// have their default, and have more: such components are named with "Input" behind.
class SchemaBook {
 public:
  /// The schema of T: in place, or a reference to a component, which is then in the book.
  template <class T>
  boost::json::object of();

  /// The schema of what `from_json` takes for a T.
  template <class T>
  boost::json::object input_of() {
    input_ = true;
    boost::json::object schema = of<T>();
    input_ = false;
    return schema;
  }

  /// A component that is written by hand.
  void add(const std::string& name, boost::json::object schema) { components_[name] = schema; }
  boost::json::object components() const;

  static boost::json::object reference(const std::string& name) {
    return {{"$ref", "#/components/schemas/" + name}};
  }

 private:
  template <class T>
  boost::json::object of_struct();
  template <class T>
  boost::json::object of_enum();

  bool input_ = false;  ///< describes what is read, not what is written
  std::map<std::string, boost::json::object> components_;
};

namespace schema {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

/// "luolab::RunResource" -> "RunResource".
template <class T>
std::string name_of() {
  const std::string name = boost::typeindex::type_id<T>().pretty_name();
  return name.substr(name.rfind(':') + 1);
}

}  // namespace schema

template <class T>
boost::json::object SchemaBook::of() {
  using boost::json::object;
  if constexpr (std::same_as<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::integral<T>) {
    return {{"type", "integer"}};
  } else if constexpr (std::floating_point<T>) {
    return {{"type", "number"}};
  } else if constexpr (std::same_as<T, std::string>) {
    return {{"type", "string"}};
  } else if constexpr (std::same_as<T, std::chrono::nanoseconds>) {
    return {{"type", "integer"}, {"description", "nanoseconds"}};
  } else if constexpr (std::same_as<T, object>) {
    return {{"type", "object"}};
  } else if constexpr (schema::is_optional<T>) {
    return {{"anyOf", boost::json::array{of<typename T::value_type>(), {{"type", "null"}}}}};
  } else if constexpr (schema::is_vector<T>) {
    return {{"type", "array"}, {"items", of<typename T::value_type>()}};
  } else if constexpr (schema::is_map<T>) {
    return {{"type", "object"}, {"additionalProperties", of<typename T::mapped_type>()}};
  } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
    return of_enum<T>();
  } else {
    return of_struct<T>();
  }
}

template <class T>
boost::json::object SchemaBook::of_enum() {
  boost::json::array names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
      [&](auto enumerator) { names.emplace_back(enumerator.name); });
  return {{"type", "string"}, {"enum", std::move(names)}};
}

template <class T>
boost::json::object SchemaBook::of_struct() {
  static_assert(boost::describe::has_describe_members<T>::value);
  const std::string name = schema::name_of<T>() + (input_ ? "Input" : "");
  if (!components_.contains(name)) {
    components_[name];  // a struct may hold itself
    boost::json::object properties;
    boost::json::array required;
    using Members = boost::describe::describe_members<T, boost::describe::mod_any_access>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      using Type = std::decay_t<decltype(std::declval<T>().*member.pointer)>;
      properties[member.name] = of<Type>();
      required.emplace_back(member.name);
    });
    components_[name] = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!input_) {
      components_[name]["required"] = std::move(required);
      components_[name]["additionalProperties"] = false;
    }
  }
  return reference(name);
}

}  // namespace luolab
