// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/diagnostic.h"
#include "scenarios/yaml_node.h"

namespace luolab {

/// Collects what is wrong with one document while it is read, so that everything is said at once.
/// Keeps the first kMost and counts the rest. One thread.
class Problems {
 public:
  static constexpr std::size_t kMost = 500;

  explicit Problems(std::string_view file) : file_(file) {}

  void add(const YamlNode& at, std::string_view path, std::string message);
  /// Says that `word` is not among `known`: with the nearest of them, or else all.
  /// `kind` is "key", "pattern", ...
  void add_unknown(const YamlNode& at, std::string_view path, std::string_view kind,
                   std::string_view word, std::span<const std::string_view> known);

  bool empty() const { return found_.empty(); }
  std::size_t size() const { return found_.size(); }
  /// What was collected, in the order of finding, and how many more there were.
  std::vector<Diagnostic> take();

 private:
  std::string file_;
  std::vector<Diagnostic> found_;
  std::size_t dropped_ = 0;
};

/// `"memroy" is not a KIND (did you mean "memory"?)`, or `(known: a, b)` where nothing is near.
std::string unknown_word(std::string_view kind, std::string_view word,
                         std::span<const std::string_view> known);

}  // namespace luolab
