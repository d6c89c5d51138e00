// SPDX-License-Identifier: Apache-2.0
#include "scenarios/problems.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/nearest.h"

namespace luolab {

void Problems::add(const YamlNode& at, std::string_view path, std::string message) {
  if (found_.size() >= kMost) {
    ++dropped_;
    return;
  }
  found_.push_back({file_, at.line, at.column, std::string(path), std::move(message)});
}

void Problems::add_unknown(const YamlNode& at, std::string_view path, std::string_view kind,
                           std::string_view word, std::span<const std::string_view> known) {
  // Finding the nearest word costs more than the rest of the reading: not for what is dropped.
  add(at, path, found_.size() >= kMost ? std::string() : unknown_word(kind, word, known));
}

std::vector<Diagnostic> Problems::take() {
  if (dropped_ > 0 && !found_.empty()) {
    Diagnostic last = found_.back();
    last.path.clear();
    last.message = fmt::format("and {} more errors", dropped_);
    found_.push_back(std::move(last));
  }
  dropped_ = 0;
  return std::exchange(found_, {});
}

std::string unknown_word(std::string_view kind, std::string_view word,
                         std::span<const std::string_view> known) {
  const std::string_view article =
      std::string_view("aeiou").find(kind.front()) != kind.npos ? "an" : "a";
  std::string text = fmt::format("{} is not {} {}", in_quotes(word), article, kind);
  if (const auto nearest = nearest_word(word, known)) {
    return text + fmt::format(" (did you mean \"{}\"?)", *nearest);
  }
  return text + (known.empty() ? std::string(" (there are none)")
                               : fmt::format(" (known: {})", fmt::join(known, ", ")));
}

}  // namespace luolab
