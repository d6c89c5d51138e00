// SPDX-License-Identifier: Apache-2.0
// What single pages of a memfd hold: digests of many, and the beginnings and ends of some.
#include <algorithm>

#include "agent/hex.h"
#include "agent/mapping.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "core/wire/agent_wire.h"
#include "core/wire/digest_tree.h"

namespace luolab {
namespace {

using wire::field::kMemfd;

constexpr std::size_t kTailBytes = 8;

struct Pages {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// A memfd, seen as having at most the size that the request says: a last page that has grown is
// looked at as far as it should reach.
class PageView {
 public:
  PageView(Mapping mapping, std::uint64_t size_bytes)
      : mapping_(std::move(mapping)), size_bytes_(size_bytes) {}

  static Outcome<PageView> of(const Holdings& holdings, const std::string& memfd,
                              std::uint64_t size_bytes) {
    const Outcome<int> fd = holdings.memfd(memfd);
    if (!fd) return fd.failure();
    const Outcome<std::uint64_t> actual = memfd_size(*fd, memfd);
    if (!actual) return actual.failure();
    Outcome<Mapping> mapping = Mapping::of(*fd, *actual, Mapping::Access::read, memfd);
    if (!mapping) return mapping.failure();
    return PageView(*std::move(mapping), std::min(*actual, size_bytes));
  }

  std::uint64_t file_bytes() const { return mapping_.bytes().size(); }

  // The part of the pages that there is.
  Pages clip(const Pages& pages) const {
    const std::uint64_t end = (size_bytes_ + kPageBytes - 1) / kPageBytes;
    const std::uint64_t first = std::min(pages.first, end);
    return {first, std::min(pages.count, end - first)};
  }

  Done populate(const Pages& pages) {
    const std::uint64_t start = pages.first * kPageBytes;
    return mapping_.populate(start,
                             std::min(pages.count * kPageBytes, mapping_.bytes().size() - start));
  }

  std::span<const std::byte> page(std::uint64_t page) const {
    const std::uint64_t start = page * kPageBytes;
    return mapping_.bytes().subspan(start,
                                    std::min<std::uint64_t>(kPageBytes, size_bytes_ - start));
  }

 private:
  Mapping mapping_;
  std::uint64_t size_bytes_;
};

std::string hex_of(std::span<const std::byte> bytes) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

// Without overflow: both are compared before they are added.
bool is_within(const Pages& pages, std::uint64_t size_bytes) {
  const std::uint64_t end = size_bytes / kPageBytes + (size_bytes % kPageBytes != 0 ? 1 : 0);
  return pages.first <= end && pages.count <= end - pages.first;
}

std::vector<Pages> read_runs(Arguments& arguments, std::uint64_t size_bytes) {
  std::vector<Pages> runs;
  std::uint64_t pages = 0;
  for (const Json& run : arguments.objects("runs")) {
    Arguments members(run);
    runs.push_back({members.number("first"), members.number("count")});
    if (members.problem()) arguments.reject("runs: " + members.problem()->detail);
    if (!is_within(runs.back(), size_bytes)) arguments.reject("runs: past the end of \"size\"");
    pages = std::min(pages, wire::kPageHeadLimit) + runs.back().count;
    if (pages > wire::kPageHeadLimit) {
      arguments.reject("runs: more than " + std::to_string(wire::kPageHeadLimit) + " pages");
      break;
    }
  }
  return runs;
}

Json head_of(std::uint64_t page, std::span<const std::byte> bytes, bool whole) {
  Json head{{"page", page},
            {"head", hex_of(bytes.first(std::min(bytes.size(), kRecordHeadBytes)))},
            {"tail", hex_of(bytes.last(std::min(bytes.size(), kTailBytes)))}};
  if (whole) head["bytes"] = hex_of(bytes);
  return head;
}

}  // namespace

Outcome<Json> memfd_pages(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t size = arguments.number("size");
  const Pages asked{arguments.number("first"), arguments.number("count")};
  if (asked.count > wire::kPageDigestLimit || !is_within(asked, size)) {
    arguments.reject("count: " + std::to_string(asked.count) + " from " +
                     std::to_string(asked.first) + " on; at most " +
                     std::to_string(wire::kPageDigestLimit) + ", within \"size\"");
  }
  if (arguments.problem()) return *arguments.problem();
  Outcome<PageView> view = PageView::of(holdings, memfd, size);
  if (!view) return view.failure();
  const Pages pages = view->clip(asked);
  if (Done ready = view->populate(pages); !ready) return ready.failure();
  std::string digests;
  for (std::uint64_t page = pages.first; page < pages.first + pages.count; ++page) {
    digests += hex_word(page_digest(holdings.hash(), view->page(page)));
  }
  return Json{
      {"first", asked.first}, {"bytes", view->file_bytes()}, {"digests", std::move(digests)}};
}

Outcome<Json> memfd_heads(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t size = arguments.number("size");
  const std::uint64_t whole = arguments.number_or("whole", 0);
  const std::vector<Pages> runs = read_runs(arguments, size);
  if (whole > wire::kWholePageLimit) arguments.reject("whole: at most 16 pages");
  if (arguments.problem()) return *arguments.problem();
  Outcome<PageView> view = PageView::of(holdings, memfd, size);
  if (!view) return view.failure();
  Json heads = Json::array();
  for (const Pages& run : runs) {
    const Pages pages = view->clip(run);
    if (Done ready = view->populate(pages); !ready) return ready.failure();
    for (std::uint64_t page = pages.first; page < pages.first + pages.count; ++page) {
      heads.push_back(head_of(page, view->page(page), heads.size() < whole));
    }
  }
  return Json{{"heads", std::move(heads)}};
}

}  // namespace luolab
