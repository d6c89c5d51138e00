// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include "scenarios/problems.h"
#include "scenarios/yaml_node.h"

namespace luolab {

/// A place of the document where a value is expected, and the reading of it as one type or
/// another. A reading that finds another thing reports it and is empty; so is, silently, that of a
/// field which is not there, or which names a matrix parameter that there is not (reported where
/// the use of parameters is checked). Refers to the document and the Problems, which outlive it.
class Field {
 public:
  /// `node` is nullptr for a field that is not there.
  Field(const YamlNode* node, std::string path, Problems& problems)
      : node_(node), path_(std::move(path)), problems_(&problems) {}

  explicit operator bool() const { return node_ != nullptr; }
  const YamlNode& node() const { return *node_; }
  const std::string& path() const { return path_; }
  Problems& problems() const { return *problems_; }

  /// Reports something about this field. It must be there.
  void report(std::string message) const { problems_->add(*node_, path_, std::move(message)); }

  /// Any text that YAML does not read as a number or a truth value; not empty.
  std::optional<std::string> text() const;
  /// Letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 63 bytes: what
  /// can stand in a job's title, a file name and a KTAP line.
  std::optional<std::string> word() const;
  /// A whole number without quotes.
  std::optional<std::uint64_t> number(std::uint64_t min, std::uint64_t max) const;
  std::optional<std::uint64_t> size_bytes() const;
  /// Longer than zero.
  std::optional<std::chrono::nanoseconds> duration() const;
  /// true or false without quotes.
  std::optional<bool> boolean() const;
  /// One of `known`; `kind` names it in messages. The index.
  std::optional<std::size_t> choice(std::string_view kind,
                                    std::span<const std::string_view> known) const;
  /// The items of a list, as fields of their own; empty where it is none.
  std::vector<Field> items() const;

  /// A described enum by the names of its values, '-' for '_'.
  template <class Enum>
  std::optional<Enum> enumerator(std::string_view kind) const;

 private:
  const std::string* scalar(std::string_view expected) const;

  const YamlNode* node_;
  std::string path_;
  Problems* problems_;
};

/// The names of a described enum as scenarios write them.
template <class Enum>
std::vector<std::string> enumerator_names() {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto described) {
    names.emplace_back(described.name);
    for (char& character : names.back()) character = character == '_' ? '-' : character;
  });
  return names;
}

template <class Enum>
std::optional<Enum> Field::enumerator(std::string_view kind) const {
  const std::vector<std::string> names = enumerator_names<Enum>();
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::vector<Enum> values;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
      [&](auto described) { values.push_back(described.value); });
  const auto index = choice(kind, known);
  return index ? std::optional(values[*index]) : std::nullopt;
}

}  // namespace luolab
