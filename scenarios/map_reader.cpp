// SPDX-License-Identifier: Apache-2.0
#include "scenarios/map_reader.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace luolab {

MapReader::MapReader(const Field& field, std::span<const std::string_view> known) : field_(field) {
  if (!field) return;
  if (!field.node().is_map()) {
    field.report(fmt::format("a map is expected here, found {}", kind_name(field.node())));
    return;
  }
  map_ = &field.node();
  check_keys(known);
}

void MapReader::check_keys(std::span<const std::string_view> known) const {
  std::set<std::string_view> seen;
  for (const YamlMember& member : map_->members) {
    const std::string& key = member.key.text;
    if (!member.key.is_scalar()) {
      field_.problems().add(member.key, field_.path(),
                            fmt::format("a key is a word, not {}", kind_name(member.key)));
    } else if (std::find(known.begin(), known.end(), key) == known.end()) {
      field_.problems().add_unknown(member.key, field_.path(), "key", key, known);
    } else if (!seen.insert(key).second) {
      field_.problems().add(member.key, child_path(field_.path(), key), "this key is given twice");
    }
  }
}

Field MapReader::operator[](std::string_view key) const {
  const YamlNode* node = map_ == nullptr ? nullptr : map_->find(key);
  return {node, child_path(field_.path(), key), field_.problems()};
}

Field MapReader::required(std::string_view key) const {
  Field field = (*this)[key];
  if (map_ != nullptr && !field) {
    field_.problems().add(*map_, field_.path(), fmt::format("\"{}\" is missing", key));
  }
  return field;
}

}  // namespace luolab
