// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/members.hpp>
#include <boost/json.hpp>
#include <boost/mp11/algorithm.hpp>

namespace luolab {

/// Reads JSON into a described struct, or into what its members are made of. Members that are
/// missing keep what `thing` has; members that are not known are passed over. False where something
/// has another shape; `thing` is half read then.
template <class T>
bool read_described(const boost::json::value& json, T& thing);

namespace described {

template <class T>
bool read(const boost::json::value& json, std::vector<T>& list) {
  if (!json.is_array()) return false;
  list.clear();
  for (const boost::json::value& item : json.get_array()) {
    T element{};
    if (!read_described(item, element)) return false;
    list.push_back(std::move(element));
  }
  return true;
}

template <class T>
bool read(const boost::json::value& json, std::optional<T>& maybe) {
  maybe.reset();
  return json.is_null() || read_described(json, maybe.emplace());
}

template <class T>
bool read(const boost::json::value& json, std::map<std::string, T>& map) {
  if (!json.is_object()) return false;
  map.clear();
  for (const auto& member : json.get_object()) {
    if (!read_described(member.value(), map[std::string(member.key())])) return false;
  }
  return true;
}

template <class T>
bool read(const boost::json::value& json, T& thing) {
  if constexpr (boost::describe::has_describe_members<T>::value) {
    if (!json.is_object()) return false;
    bool fits = true;
    using Members = boost::describe::describe_members<T, boost::describe::mod_any_access>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      const auto* value = json.get_object().if_contains(member.name);
      if (value != nullptr && fits) fits = read_described(*value, thing.*member.pointer);
    });
    return fits;
  } else {
    auto value = boost::json::try_value_to<T>(json);
    if (value) thing = std::move(*value);
    return value.has_value();
  }
}

}  // namespace described

template <class T>
bool read_described(const boost::json::value& json, T& thing) {
  return described::read(json, thing);
}

}  // namespace luolab
