// SPDX-License-Identifier: Apache-2.0
#include "core/base/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 5> kSizeUnits{
    {{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}}};

constexpr std::array<std::pair<std::string_view, double>, 6> kDurationUnits{
    {{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};

constexpr double kRoundsUpToOne = 1023.95 / 1024;  // of a size unit, with one digit after the point

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{}) return {};
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty())
    return count <= (std::numeric_limits<std::uint64_t>::max() >> 1) ? std::optional(count)
                                                                     : std::nullopt;
  for (const auto& [name, shift] : kSizeUnits) {
    if (unit != name) continue;
    if (count > (std::numeric_limits<std::uint64_t>::max() >> 1) >> shift) return {};
    return count << shift;
  }
  return {};
}

std::string format_size(std::uint64_t size_bytes) {
  if (size_bytes == 0) return "0B";
  for (const auto& [name, shift] : kSizeUnits) {
    const std::uint64_t unit = std::uint64_t{1} << shift;
    if (size_bytes % unit == 0) return fmt::format("{}{}", size_bytes >> shift, name);
  }
  return {};
}

std::string format_size_rounded(std::uint64_t size_bytes) {
  for (const auto& [name, shift] : kSizeUnits) {
    const std::uint64_t unit = std::uint64_t{1} << shift;
    if (shift > 0 && size_bytes % unit == 0 && size_bytes > 0) {
      return fmt::format("{} {}", size_bytes >> shift, name);
    }
    const double count = static_cast<double>(size_bytes) / static_cast<double>(unit);
    if (shift > 0 && count >= kRoundsUpToOne) return fmt::format("{:.1f} {}", count, name);
  }
  return fmt::format("{} B", size_bytes);
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds{0};
  double count = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), count, std::chars_format::fixed);
  if (error != std::errc{} || !(count >= 0)) return {};
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kDurationUnits) {
    if (unit != name) continue;
    const double ns = count * factor;
    if (ns >= 9.2e18) return {};
    return std::chrono::nanoseconds{std::llround(ns)};
  }
  return {};
}

std::string format_duration(std::chrono::nanoseconds duration) {
  const auto ns = static_cast<double>(duration.count());
  const double size = std::abs(ns);
  if (size >= 59.95e9) {  // which would round to 60.0 s
    const auto seconds = std::llround(ns / 1e9);
    return fmt::format("{} min {:02} s", seconds / 60, std::abs(seconds % 60));
  }
  // A unit begins where the one below would round to 1000.
  const auto [unit, factor] = size >= 999.5e6   ? std::pair{"s", 1e9}
                              : size >= 999.5e3 ? std::pair{"ms", 1e6}
                              : size >= 999.5   ? std::pair{"us", 1e3}
                                                : std::pair{"ns", 1.0};
  const double value = ns / factor;
  const int digits = size >= 99.95 * factor || factor == 1.0 ? 0 : size >= 9.995 * factor ? 1 : 2;
  return fmt::format("{:.{}f} {}", value, digits, unit);
}

}  // namespace luolab
