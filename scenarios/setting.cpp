// SPDX-License-Identifier: Apache-2.0
#include "scenarios/setting.h"

#include <vector>

#include <fmt/format.h>

#include "core/base/nearest.h"
#include "scenarios/diagnostic.h"

namespace luolab {
namespace {

/// Beyond that many, the search for a near one would take longer than anybody waits.
constexpr std::size_t kMostSuggestions = 2'000;

void set_scalar(YamlNode& node, const std::string& value) {
  node.kind = YamlNode::Kind::scalar;
  node.style = ScalarStyle::substituted;
  node.text = value;
}

bool set_parameter(YamlNode& document, const Setting& setting) {
  for (YamlMember& member : document.members) {
    if (member.key.text != "matrix") continue;
    for (YamlMember& parameter : member.value.members) {
      if (parameter.key.text != setting.key || !parameter.value.is_sequence()) continue;
      YamlNode value = parameter.value;
      value.items.clear();
      set_scalar(value, setting.value);
      parameter.value.items = {std::move(value)};
      return true;
    }
  }
  return false;
}

/// The value at `key`, which is a path below `path`; nullptr where there is none.
YamlNode* find_scalar(YamlNode& node, const std::string& path, std::string_view key) {
  if (!key.starts_with(path)) return nullptr;
  if (node.is_scalar() || node.kind == YamlNode::Kind::null) return path == key ? &node : nullptr;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (YamlNode* found = find_scalar(node.items[i], item_path(path, i), key)) return found;
  }
  for (YamlMember& member : node.members) {
    if (YamlNode* found = find_scalar(member.value, child_path(path, member.key.text), key))
      return found;
  }
  return nullptr;
}

void collect_paths(const YamlNode& node, const std::string& path, std::vector<std::string>& paths) {
  if (paths.size() >= kMostSuggestions) return;
  if (node.is_scalar()) paths.push_back(path);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    collect_paths(node.items[i], item_path(path, i), paths);
  }
  for (const YamlMember& member : node.members) {
    collect_paths(member.value, child_path(path, member.key.text), paths);
  }
}

Error unknown_key(const YamlNode& document, const Setting& setting) {
  std::vector<std::string> paths;
  if (const YamlNode* matrix = document.find("matrix")) {
    for (const YamlMember& parameter : matrix->members) paths.push_back(parameter.key.text);
  }
  collect_paths(document, "", paths);
  const std::vector<std::string_view> known(paths.begin(), paths.end());
  const auto nearest = nearest_word(setting.key, known);
  return scenario_error(fmt::format(
      "{} is neither a matrix parameter nor a value that the scenario has ({})",
      in_quotes(setting.key),
      nearest ? fmt::format("did you mean \"{}\"?", *nearest)
              : std::string("a path is written like target.memory or sessions[0].memfds[0].size")));
}

}  // namespace

Result<Setting> parse_setting(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos || equals == 0 || equals + 1 == text.size()) {
    return scenario_error(
        fmt::format("--set {} is not KEY=VALUE (try --set target.memory=2GiB)", in_quotes(text)));
  }
  return Setting{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

Result<YamlNode> with_setting(YamlNode document, const Setting& setting) {
  if (set_parameter(document, setting)) return document;
  if (YamlNode* node = find_scalar(document, "", setting.key)) {
    set_scalar(*node, setting.value);
    return document;
  }
  return unknown_key(document, setting);
}

}  // namespace luolab
