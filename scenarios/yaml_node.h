// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace luolab {

/// How a scalar came to be, which decides what it can be read as: `"2"` is no number.
enum class ScalarStyle {
  plain,
  quoted,       ///< in quotes, or a block scalar
  substituted,  ///< a matrix value or a --set in place of the whole scalar: number or text, as
                ///< needed
};

struct YamlMember;

/// A YAML value with the place where it was written; aliases are expanded. A plain value.
struct YamlNode {
  enum class Kind { null, scalar, sequence, map };

  Kind kind = Kind::null;
  ScalarStyle style = ScalarStyle::plain;
  std::uint32_t line = 1;           ///< 1-based
  std::uint32_t column = 1;         ///< 1-based
  std::string text;                 ///< of a scalar
  std::vector<YamlNode> items;      ///< of a sequence
  std::vector<YamlMember> members;  ///< of a map, as written: duplicate keys are still there

  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_map() const { return kind == Kind::map; }
  /// The first member of that key; nullptr where there is none.
  const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  YamlNode key;
  YamlNode value;
};

/// "nothing", "a value", "a list", "a map": for messages.
std::string_view kind_name(const YamlNode& node);

/// The values in the tree, `node` itself included, keys left out.
std::size_t count_nodes(const YamlNode& node);

/// "a.b" below "a"; "b" below "".
std::string child_path(std::string_view path, std::string_view key);
/// "a[2]".
std::string item_path(std::string_view path, std::size_t index);

}  // namespace luolab
