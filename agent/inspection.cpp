// SPDX-License-Identifier: Apache-2.0
#include "agent/inspection.h"

#include <algorithm>
#include <cstring>

#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr std::uint64_t kBlockPages = 16;

std::uint64_t load(const std::byte* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

PageMarks expected_marks(const InspectionRequest& request, std::uint64_t page, PageKind kind) {
  return kind == PageKind::data ? page_marks(request.mark, page) : PageMarks{};
}

// Marks that a partial page has no room for are taken as right.
PageMarks found_marks(std::span<const std::byte> page, const PageMarks& expected) {
  PageMarks found = expected;
  if (page.size() >= sizeof found.head) found.head = load(page.data());
  if (page.size() == kPageBytes) found.tail = load(page.data() + kPageBytes - sizeof found.tail);
  return found;
}

class MarkCheck {
 public:
  MarkCheck(const InspectionRequest& request, Inspection& report)
      : request_(request), report_(report) {}

  void check(std::span<const std::byte> bytes, std::uint64_t first_page, PageKind kind) {
    for (std::uint64_t page = first_page; !bytes.empty(); ++page) {
      const auto length = std::min(bytes.size(), kPageBytes);
      const PageMarks expected = expected_marks(request_, page, kind);
      const PageMarks found = found_marks(bytes.first(length), expected);
      if (found != expected) note(page, found);
      bytes = bytes.subspan(length);
    }
  }

 private:
  void note(std::uint64_t page, const PageMarks& found) {
    if (report_.bad_marks++ < wire::kListedBadMarks) report_.first.push_back({page, found});
  }

  const InspectionRequest& request_;
  Inspection& report_;
};

}  // namespace

Inspection inspect(std::span<const std::byte> content, const InspectionRequest& request) {
  Inspection report;
  DigestTreeBuilder builder(request.range_bytes, request.hash, request.sha256);
  MarkCheck marks(request, report);
  const bool check_marks = request.pattern && has_marks(*request.pattern);
  for (std::uint64_t page = 0; page < request.layout.page_count();) {
    const PageRun run = request.layout.run_at(page);
    const std::uint64_t pages = std::min(run.page_count, kBlockPages);
    const std::size_t start = page * kPageBytes;
    const auto block = content.subspan(start, std::min(pages * kPageBytes, content.size() - start));
    builder.add(block);
    if (check_marks) marks.check(block, page, run.kind);
    page += pages;
  }
  report.tree = builder.finish();
  return report;
}

}  // namespace luolab
