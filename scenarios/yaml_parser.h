// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "scenarios/diagnostic.h"
#include "scenarios/yaml_node.h"

namespace luolab {

/// The deepest nesting of lists and maps.
inline constexpr std::size_t kDeepestNesting = 64;
/// Values in one file, aliases expanded.
inline constexpr std::size_t kMostNodes = 100'000;
/// Bytes of text in one file, aliases expanded.
inline constexpr std::size_t kMostTextBytes = std::size_t{4} << 20;
/// Bytes of one value.
inline constexpr std::size_t kLongestValueBytes = 4'096;
/// Documents in one file.
inline constexpr std::size_t kMostDocuments = 1'000;

struct YamlStream {
  std::vector<YamlNode> documents;   ///< those before the first syntax error
  std::vector<Diagnostic> problems;  ///< at most one: a parser can't go on after an error
};

/// Parses a stream of YAML documents. Built on the parser's events, so that the bounds hold while
/// parsing: neither aliases within aliases, nor deep nesting, nor an alias to what contains it can
/// take memory or stack. `text` has passed refusal_of_text. Throws nothing that YAML can cause.
YamlStream parse_yaml(std::string_view text, std::string_view file);

}  // namespace luolab
