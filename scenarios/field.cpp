// SPDX-License-Identifier: Apache-2.0
#include "scenarios/field.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestWord = 63;

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return {};
  return number;
}

/// What YAML 1.1 and 1.2 readers take for something other than text.
bool reads_as_number_or_truth(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTruths{"true", "false", "yes", "no", "on", "off"};
  std::string lower(text);
  for (char& character : lower) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  if (std::find(kTruths.begin(), kTruths.end(), lower) != kTruths.end()) return true;
  double number = 0;
  const char* const end = lower.data() + lower.size();
  const char* const begin = lower.data() + (lower.starts_with('+') ? 1 : 0);
  const auto [stopped, error] = std::from_chars(begin, end, number);
  return error == std::errc{} && stopped == end;
}

bool is_word_character(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '.' || character == '_' ||
         character == '-';
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kLongestWord && text.front() != '.' &&
         text.front() != '_' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), is_word_character);
}

}  // namespace

const std::string* Field::scalar(std::string_view expected) const {
  if (node_ == nullptr) return nullptr;
  if (node_->is_scalar())
    return node_->text.find("${") == std::string::npos ? &node_->text : nullptr;
  report(fmt::format("{} is expected here, found {}", expected, kind_name(*node_)));
  return nullptr;
}

std::optional<std::string> Field::text() const {
  const std::string* value = scalar("text");
  if (value == nullptr) return {};
  if (value->empty()) {
    report("the text is empty");
    return {};
  }
  if (node_->style == ScalarStyle::plain && reads_as_number_or_truth(*value)) {
    report(fmt::format("{} is a number or a truth value in YAML (put it in quotes)", *value));
    return {};
  }
  return *value;
}

std::optional<std::string> Field::word() const {
  const auto value = text();
  if (!value || is_word(*value)) return value;
  report(
      fmt::format("{} is not a name (1 to {} letters, digits, '.', '_' or '-', beginning with a "
                  "letter or digit)",
                  in_quotes(*value), kLongestWord));
  return {};
}

std::optional<std::uint64_t> Field::number(std::uint64_t min, std::uint64_t max) const {
  const std::string* value = scalar("a number");
  if (value == nullptr) return {};
  const auto number = parse_number(*value);
  if (number && node_->style == ScalarStyle::quoted) {
    report(fmt::format("{} is text, not a number (leave the quotes away)", in_quotes(*value)));
    return {};
  }
  if (number && *number >= min && *number <= max) return number;
  report(fmt::format("{} is not a whole number from {} to {}", in_quotes(*value), min, max));
  return {};
}

std::optional<std::uint64_t> Field::size_bytes() const {
  const std::string* value = scalar("a size");
  if (value == nullptr) return {};
  const auto size = parse_size(*value);
  if (!size)
    report(fmt::format("{} is not a size (try 1GiB, 512MiB, 4KiB or 4096)", in_quotes(*value)));
  return size;
}

std::optional<std::chrono::nanoseconds> Field::duration() const {
  const std::string* value = scalar("a duration");
  if (value == nullptr) return {};
  const auto duration = parse_duration(*value);
  if (duration && *duration > std::chrono::nanoseconds{0}) return duration;
  report(fmt::format("{} is not a duration longer than zero (try 500ms, 10s, 30m or 1h)",
                     in_quotes(*value)));
  return {};
}

std::optional<bool> Field::boolean() const {
  const std::string* value = scalar("true or false");
  if (value == nullptr) return {};
  if (node_->style != ScalarStyle::quoted && (*value == "true" || *value == "false")) {
    return *value == "true";
  }
  report(fmt::format("{} is neither true nor false (without quotes)", in_quotes(*value)));
  return {};
}

std::optional<std::size_t> Field::choice(std::string_view kind,
                                         std::span<const std::string_view> known) const {
  const std::string* value = scalar(fmt::format("a word for the {}", kind));
  if (value == nullptr) return {};
  const auto found = std::find(known.begin(), known.end(), *value);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  problems_->add_unknown(*node_, path_, kind, *value, known);
  return {};
}

std::vector<Field> Field::items() const {
  std::vector<Field> fields;
  if (node_ == nullptr) return fields;
  if (!node_->is_sequence()) {
    report(fmt::format("a list is expected here, found {}", kind_name(*node_)));
    return fields;
  }
  for (std::size_t index = 0; index < node_->items.size(); ++index) {
    fields.emplace_back(&node_->items[index], item_path(path_, index), *problems_);
  }
  return fields;
}

}  // namespace luolab
