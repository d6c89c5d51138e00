// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "scenarios/field.h"

namespace luolab {

/// A map of the document with the keys that may be in it. Making one reports all that is wrong
/// with the map itself: not a map, unknown keys with the nearest known one, keys given twice.
/// Refers to the document and the Problems, which outlive it.
class MapReader {
 public:
  /// `field` may be missing: then all fields of the map are. `known` lives until the constructor
  /// ends.
  MapReader(const Field& field, std::span<const std::string_view> known);
  MapReader(const Field& field, std::initializer_list<std::string_view> known)
      : MapReader(field, std::span(known.begin(), known.size())) {}

  /// The field of that key, whether it is there or not.
  Field operator[](std::string_view key) const;
  /// The same, but its absence is reported, if the map is there.
  Field required(std::string_view key) const;
  /// There, and a map.
  bool is_map() const { return map_ != nullptr; }

 private:
  void check_keys(std::span<const std::string_view> known) const;

  Field field_;
  const YamlNode* map_ = nullptr;
};

}  // namespace luolab
