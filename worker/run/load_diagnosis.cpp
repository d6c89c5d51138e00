// SPDX-License-Identifier: Apache-2.0
// The words of LoadOracle: what is wrong with pages that are not as they must be.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/wire/load_step.h"
#include "worker/run/load_oracle.h"

namespace luolab {
namespace {

constexpr std::size_t kMostDescribed = 4;

/// Where a record says that it belongs: the third word (core/wire/pattern.cpp, RecordHeader).
std::uint64_t claimed_page(ConstPageBytes bytes) {
  std::uint64_t page = 0;
  std::memcpy(&page, bytes.data() + 16, sizeof page);
  return page;
}

struct WordDifference {
  std::size_t count = 0;
  std::size_t first = 0;
};

WordDifference compare_words(ConstPageBytes a, ConstPageBytes b) {
  WordDifference difference;
  for (std::size_t i = 0; i < kPageWords; ++i) {
    if (std::memcmp(a.data() + i * 8, b.data() + i * 8, 8) == 0) continue;
    if (difference.count++ == 0) difference.first = i;
  }
  return difference;
}

}  // namespace

std::string LoadOracle::describe_stamp(std::uint64_t page, const RecordStamp& stamp) const {
  const std::uint64_t step = step_of(page);
  const auto writer = static_cast<std::uint32_t>(page % shape_.writers);
  const RecordStamp wanted = load_stamp(writer, step);
  if (stamp == wanted) return {};
  if (stamp.writer != writer + 1 && stamp.writer != 0) {
    return fmt::format("page {} is foreign: a record of writer {}, it belongs to writer {}", page,
                       stamp.writer, writer + 1);
  }
  if (stamp.generation > step) {
    return fmt::format(
        "page {} holds step {}, its writer's journal has step {} for it: the "
        "journal is stale",
        page, stamp.generation, step);
  }
  const bool acknowledged = step <= acknowledged_[writer];
  return fmt::format("page {} is stale: it holds step {} of writer {}, expected step {}{}", page,
                     stamp.generation, writer + 1, step,
                     acknowledged ? ", which was acknowledged: a written page was lost" : "");
}

std::string LoadOracle::describe_broken(std::uint64_t page, ConstPageBytes bytes) const {
  if (std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; })) {
    return fmt::format("page {} is lost: it holds zeroes", page);
  }
  if (const std::uint64_t other = claimed_page(bytes);
      other != page && read_record(key_.mark, other, bytes)) {
    return fmt::format("page {} is swapped: it holds page {} of this memfd", page, other);
  }
  PageCopy wanted;
  fill(page, step_of(page), wanted);
  const PageMarks marks = page_marks(key_.mark, page);
  if (std::memcmp(bytes.data(), &marks.head, sizeof marks.head) != 0) {
    return fmt::format("page {} is foreign: its position mark is of no page of this memfd", page);
  }
  const WordDifference difference = compare_words(bytes, wanted);
  return fmt::format(
      "page {} is torn, and no journal names it: {} of its {} words {} not of step {}, the first "
      "at byte {}",
      page, difference.count, kPageWords, difference.count == 1 ? "is" : "are", step_of(page),
      difference.first * sizeof(LoadWord));
}

std::string LoadOracle::describe_page(const RecordFound& found) const {
  if (torn_.contains(found.page) || found.page >= shape_.pages) return {};
  if (found.stamp) return describe_stamp(found.page, *found.stamp);
  if (found.bytes.size() != kPageBytes) {
    return fmt::format("page {} holds no whole record", found.page);
  }
  return describe_broken(found.page, ConstPageBytes(found.bytes.data(), kPageBytes));
}

std::string LoadOracle::describe(std::span<const RecordFound> found) const {
  std::string words;
  std::size_t count = 0;
  for (const RecordFound& record : found) {
    const std::string problem = describe_page(record);
    if (problem.empty()) continue;
    if (++count <= kMostDescribed) words += (words.empty() ? "" : "; ") + problem;
  }
  if (count > kMostDescribed) words += fmt::format("; {} pages in all", count);
  return words;
}

}  // namespace luolab
