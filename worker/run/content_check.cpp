// SPDX-License-Identifier: Apache-2.0
#include "worker/run/content_check.h"

#include <algorithm>
#include <set>

#include <boost/describe/enum_to_string.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

namespace json = boost::json;

std::vector<std::string> texts_at(const json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto* list = object.if_contains(key);
  if (list == nullptr || !list->is_array()) return texts;
  for (const json::value& item : list->as_array()) {
    texts.push_back(item.is_string() ? std::string(item.as_string()) : std::string());
  }
  return texts;
}

std::string describe_marks(const json::object& digest) {
  const auto* marks = digest.if_contains("bad_marks");
  if (marks == nullptr || !marks->is_object()) return "the agent checked no position marks";
  const std::uint64_t count = number_at(marks->as_object(), "count");
  if (count == 0) return {};
  std::string pages;
  if (const auto* first = marks->as_object().if_contains("first");
      first != nullptr && first->is_array()) {
    for (const json::value& page : first->as_array()) {
      if (page.is_object())
        pages +=
            fmt::format("{}{}", pages.empty() ? "" : ", ", number_at(page.as_object(), "page"));
    }
  }
  return fmt::format("{} page{} with wrong position marks (page {})", count, count == 1 ? "" : "s",
                     pages);
}

std::string differing_ranges(const std::vector<Checksum>& checksums) {
  std::vector<std::string> places;
  std::size_t count = 0;
  for (const Checksum& checksum : checksums) {
    if (checksum.expected == checksum.actual) continue;
    if (++count <= 4) {
      places.push_back(fmt::format("{}..{} is {}, expected {}", checksum.offset_bytes,
                                   checksum.offset_bytes + checksum.length_bytes,
                                   checksum.actual.empty() ? "missing" : checksum.actual,
                                   checksum.expected));
    }
  }
  if (count == 0) return {};
  return fmt::format("{} checksum{} differ{}: bytes {}{}", count, count == 1 ? "" : "s",
                     count == 1 ? "s" : "", fmt::join(places, "; bytes "),
                     count > places.size() ? "; ..." : "");
}

}  // namespace

ContentFinding compare_content(std::int32_t hop, const MemfdPlan& memfd, const DigestTree& expected,
                               std::uint64_t range_bytes, const json::object& digest) {
  ContentFinding found;
  const std::uint64_t size = memfd.spec.size_bytes;
  const bool tree = expected.ranges.size() > 1;
  found.checksums.push_back({hop, memfd.title, 0, size, tree ? "xxh3-128-tree" : "xxh3-128",
                             hex(expected.whole), text_at(digest, "digest")});
  const std::vector<std::string> actual = texts_at(digest, "ranges");
  for (std::size_t i = 0; tree && i < expected.ranges.size(); ++i) {
    const std::uint64_t offset = i * range_bytes;
    found.checksums.push_back({hop, memfd.title, offset, std::min(range_bytes, size - offset),
                               "xxh3-128", hex(expected.ranges[i]),
                               i < actual.size() ? actual[i] : ""});
  }
  if (memfd.spec.sha256) {
    found.checksums.push_back(
        {hop, memfd.title, 0, size, "sha256", expected.sha256, text_at(digest, "sha256")});
  }
  found.difference = differing_ranges(found.checksums);
  if (const std::string marks = describe_marks(digest); !marks.empty()) {
    found.difference += (found.difference.empty() ? "" : "; ") + marks;
  }
  return found;
}

std::vector<PageRange> differing_pages(const std::vector<Checksum>& checksums,
                                       std::uint64_t page_count) {
  const bool tree = std::ranges::any_of(
      checksums, [](const Checksum& sum) { return sum.algorithm == "xxh3-128-tree"; });
  std::vector<PageRange> ranges;
  for (const Checksum& sum : checksums) {
    if (!tree || sum.algorithm != "xxh3-128" || sum.expected == sum.actual) continue;
    const std::uint64_t first = sum.offset_bytes / kPageBytes;
    const std::uint64_t end = (sum.offset_bytes + sum.length_bytes + kPageBytes - 1) / kPageBytes;
    ranges.push_back({first, end - first});
  }
  if (ranges.empty() && page_count > 0) ranges.push_back({0, page_count});
  return ranges;
}

std::vector<std::pair<std::string, std::string>> compare_properties(const MemfdPlan& memfd,
                                                                    const json::object& stat) {
  std::vector<std::pair<std::string, std::string>> differences;
  const auto compare = [&](const char* name, std::uint64_t actual, std::uint64_t wanted) {
    if (actual != wanted)
      differences.emplace_back(name, fmt::format("is {}, was {}", actual, wanted));
  };
  compare("size", number_at(stat, "size"), memfd.spec.size_bytes);
  compare("position", number_at(stat, "position"), memfd.spec.position_bytes);
  std::set<std::string> wanted;
  for (const Seal seal : memfd.spec.seals) wanted.insert(boost::describe::enum_to_string(seal, ""));
  const std::vector<std::string> listed = texts_at(stat, "seals");
  const std::set<std::string> actual(listed.begin(), listed.end());
  if (actual != wanted) {
    differences.emplace_back("seals", fmt::format("are [{}], were [{}]", fmt::join(actual, ", "),
                                                  fmt::join(wanted, ", ")));
  }
  return differences;
}

}  // namespace luolab
