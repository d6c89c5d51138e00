// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "scenarios/yaml_node.h"

namespace luolab {

/// One `--set KEY=VALUE`: a matrix parameter gets that one value; otherwise KEY is the dotted path
/// of a value that the document has, such as target.memory or sessions[0].memfds[0].size.
struct Setting {
  std::string key;
  std::string value;
};

/// Fault::scenario where the text has no key or no value.
Result<Setting> parse_setting(std::string_view text);

/// The document with the setting. Fault::scenario, with the nearest key, where it has no such
/// parameter or path.
Result<YamlNode> with_setting(YamlNode document, const Setting& setting);

}  // namespace luolab
