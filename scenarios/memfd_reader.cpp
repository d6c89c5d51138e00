// SPDX-License-Identifier: Apache-2.0
#include "scenarios/memfd_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/map_reader.h"

namespace luolab {
namespace {

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kLongestName = 63;

struct HoleRatio {
  std::uint32_t pages = 0;
  std::uint32_t period = 0;
};

std::optional<HoleRatio> parse_holes(std::string_view text) {
  HoleRatio ratio;
  const char* const end = text.data() + text.size();
  const auto pages = std::from_chars(text.data(), end, ratio.pages);
  if (pages.ec != std::errc{} || pages.ptr == end || *pages.ptr != '/') return {};
  const auto period = std::from_chars(pages.ptr + 1, end, ratio.period);
  if (period.ec != std::errc{} || period.ptr != end) return {};
  return ratio;
}

HoleRatio read_holes(const Field& field) {
  const auto text = field.text();
  if (!text) return {};
  const auto ratio = parse_holes(*text);
  if (ratio && ratio->pages > 0 && ratio->pages < ratio->period) return *ratio;
  field.report(
      fmt::format("{} is not N/M with 0 < N < M (1/7: the first of every 7 pages is a hole)",
                  in_quotes(*text)));
  return {};
}

void check_range(const Field& field, const ByteRange& range,
                 std::optional<std::uint64_t> size_bytes) {
  if (range.length_bytes == 0) {
    field.report("the length is 0; fallocate(2) refuses that");
  } else if (range.offset_bytes % kPageBytes != 0 || range.length_bytes % kPageBytes != 0) {
    field.report(fmt::format("offset {} and length {} must be multiples of the page, {} bytes",
                             range.offset_bytes, range.length_bytes, kPageBytes));
  } else if (size_bytes && (range.length_bytes > *size_bytes ||
                            range.offset_bytes > *size_bytes - range.length_bytes)) {
    field.report(fmt::format(
        "ends at {}, beyond the memfd's size of {} (pages past the end are not "
        "preserved)",
        format_size(range.offset_bytes + range.length_bytes), format_size(*size_bytes)));
  }
}

std::vector<ByteRange> read_ranges(const Field& list, std::optional<std::uint64_t> size_bytes) {
  std::vector<ByteRange> ranges;
  for (const Field& item : list.items()) {
    const MapReader map(item, {"offset", "length"});
    const auto offset = map.required("offset").size_bytes();
    const auto length = map.required("length").size_bytes();
    if (!offset || !length) continue;
    ranges.push_back({*offset, *length});
    check_range(item, ranges.back(), size_bytes);
  }
  return ranges;
}

std::vector<Seal> read_seals(const Field& list) {
  std::vector<Seal> seals;
  for (const Field& item : list.items()) {
    const auto seal = item.enumerator<Seal>("seal");
    if (!seal) continue;
    if (std::find(seals.begin(), seals.end(), *seal) != seals.end()) {
      item.report(fmt::format("{} is given twice", in_quotes(item.node().text)));
      continue;
    }
    seals.push_back(*seal);
  }
  return seals;
}

void check_numbering(const Field& name, const MemfdEntry& entry) {
  const std::string last = fmt::format("{}-{}", entry.memfd.name, entry.count - 1);
  if (entry.is_numbered && last.size() > kLongestName) {
    name.report(fmt::format("{} is over {} bytes with its number (shorten the name)",
                            in_quotes(last), kLongestName));
  }
}

void check_tokens(const Field& token, const MemfdEntry& entry) {
  if (entry.token && *entry.token > kMax64 - (entry.count - 1)) {
    token.report(fmt::format("the tokens of {} memfds from {} on go beyond 2^64 - 1", entry.count,
                             *entry.token));
  }
}

}  // namespace

MemfdEntry read_memfd(const Field& field) {
  const MapReader map(field, {"name", "count", "token", "size", "pattern", "holes", "fallocated",
                              "position", "seals", "thp", "sha256"});
  MemfdEntry entry;
  const auto size = map.required("size").size_bytes();
  const HoleRatio holes = read_holes(map["holes"]);
  entry.memfd = {.name = map.required("name").word().value_or(""),
                 .token = 0,
                 .size_bytes = size.value_or(0),
                 .pattern = map["pattern"].enumerator<Pattern>("pattern").value_or(Pattern::random),
                 .hole_pages = holes.pages,
                 .hole_period = holes.period,
                 .fallocated = read_ranges(map["fallocated"], size),
                 .position_bytes = map["position"].size_bytes().value_or(0),
                 .seals = read_seals(map["seals"]),
                 .thp = map["thp"].enumerator<Thp>("thp setting").value_or(Thp::never),
                 .sha256 = map["sha256"].boolean().value_or(false)};
  entry.token = map["token"].number(0, kMax64);
  entry.is_numbered = static_cast<bool>(map["count"]);
  entry.count = map["count"].number(1, kMostMemfds).value_or(1);
  if (!entry.memfd.name.empty()) check_numbering(map["name"], entry);
  check_tokens(map["token"], entry);
  return entry;
}

}  // namespace luolab
