// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace luolab {

/// What became of a page that was preserved, as the worker judges it from its own record of what
/// the page must hold.
enum class PageState {
  whole,       ///< holds what it must; holes that read as zero too
  torn,        ///< caught in the middle of a write that its writer's journal names: as it must be
  lost,        ///< zeroes, or nothing, where content was expected
  foreign,     ///< another page's content: its position mark says whose
  stale,       ///< its own content, of an earlier time
  corrupt,     ///< anything else
  unexamined,  ///< not what it must hold; there were too many of them to look closer
  unchecked,   ///< nobody looked
};
inline constexpr std::size_t kPageStates = 8;

/// The letter of a state in a page map: W T L F S C X U.
char page_state_letter(PageState state);
/// "whole", "torn", ...
std::string_view page_state_name(PageState state);
/// Whether a page in this state speaks against the kernel.
bool is_bad(PageState state);

/// States of neighbouring pages, run by run. Takes memory by runs, not by pages.
class PageStates {
 public:
  struct Run {
    PageState state = PageState::whole;
    std::uint64_t pages = 0;
  };

  /// Adds pages behind the last one.
  void add(PageState state, std::uint64_t pages = 1);

  const std::vector<Run>& runs() const { return runs_; }
  std::uint64_t count(PageState state) const { return counts_[static_cast<std::size_t>(state)]; }
  std::uint64_t bad_pages() const;
  std::optional<std::uint64_t> first_bad_page() const;

  /// A letter a run, and how long it is where it is longer than 1: "W511L3FW3581". At most a byte a
  /// page.
  std::string text() const;

 private:
  std::vector<Run> runs_;
  std::array<std::uint64_t, kPageStates> counts_{};
};

/// Whose content a page's marks say that it is.
struct PageOrigin {
  std::string memfd;  ///< "vm-0/ram"
  std::uint64_t page = 0;
  std::optional<std::uint64_t> generation;  ///< of a record
  std::uint32_t writer = 0;                 ///< of a record; 0: the fill
  bool identical = false;                   ///< every byte is that page's
};

/// The beginning and the end of a page, in hexadecimal digits: 40 bytes, which is a record's
/// header, and 8.
struct PageEnds {
  std::string head;
  std::string tail;
};

/// A page that is not as it must be.
struct BadPage {
  std::size_t entry = 0;  ///< index into PageMap::memfds
  std::uint64_t page = 0;
  PageState state = PageState::corrupt;
  std::string seems;                 ///< in words: what it seems to be
  PageEnds expected;                 ///< from the worker's record
  std::optional<PageEnds> actual;    ///< as the agent sent it
  std::optional<PageOrigin> wanted;  ///< what the expected content is; empty: zeroes
  std::optional<PageOrigin> found;   ///< what the actual content is; empty: no page's
  std::optional<std::uint32_t> first_difference_byte;  ///< where the whole page was sent
  std::optional<std::uint32_t> different_words;        ///< of 8 bytes
};

/// One look at all pages of one memfd after a hop.
struct MemfdPages {
  std::int32_t hop = 0;
  std::string memfd;       ///< "vm-0/ram"
  std::uint32_t look = 0;  ///< a scenario may verify a memfd several times after a hop
  std::string pattern;     ///< "zero", "random", "records"
  std::uint64_t size_bytes = 0;
  std::uint32_t hole_pages = 0;  ///< of every hole_period pages the first were never written
  std::uint32_t hole_period = 0;
  std::optional<std::uint64_t> actual_bytes;  ///< where the file has another size, and it is known
  PageStates states;
};

/// What became of every preserved page over an attempt: evidence, kept as the artifact `page-map`
/// (docs/results.md has the format, luolab.page-map/v1).
struct PageMap {
  std::vector<MemfdPages> memfds;
  std::vector<BadPage> bad;        ///< the first of them
  std::uint64_t bad_left_out = 0;  ///< pages that are bad and not in `bad`
};

/// Name of the artifact, and the schema of its text.
inline constexpr std::string_view kPageMapArtifact = "page-map";
inline constexpr std::string_view kPageMapSchema = "luolab.page-map/v1";
/// Most entries of PageMap::bad that a worker collects.
inline constexpr std::size_t kMostBadPages = 4096;

/// As JSON, on one line with a newline.
std::string to_text(const PageMap& map);

/// "3 pages lost, 1 foreign; first at page 511"; empty where none is bad.
std::string bad_pages_in_words(const PageStates& states);

}  // namespace luolab
