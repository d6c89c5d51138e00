// SPDX-License-Identifier: Apache-2.0
#include "worker/run/page_verdict.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::size_t kTailBytes = 8;
constexpr std::size_t kWordBytes = 8;

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<int>(byte));
  return text;
}

PageEnds ends_of(std::span<const std::byte> page) {
  return {hex(page.first(std::min(page.size(), kRecordHeadBytes))),
          hex(page.last(std::min(page.size(), kTailBytes)))};
}

std::uint64_t word_at(std::span<const std::byte> bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), std::min(bytes.size(), sizeof word));
  return word;
}

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

/// One page under judgement.
class Judgement {
 public:
  Judgement(const PageRecord& record, const PageOwners& owners, const FoundPage& found)
      : record_(record), owners_(owners), found_(found) {
    record.fill(found.page, wanted_);
    result_.page = found.page;
    result_.expected = ends_of(wanted());
    if (is_zero(wanted())) return;
    PageOrigin origin{record.memfd().title, found.page, {}, 0, true};
    if (const auto stamp = record.stamp(found.page)) {
      origin.generation = stamp->generation;
      origin.writer = stamp->writer;
    }
    result_.wanted = std::move(origin);
  }

  BadPage take() {
    if (!found_.digest) {
      say(PageState::lost, "the file ends before this page");
    } else if (has(kZeroes)) {
      result_.actual = ends_of(std::span(kZeroes).first(length()));
      say(PageState::lost, "holds zeroes");
    } else if (found_.head.empty()) {
      say(PageState::unexamined, "was not looked at closer");
    } else {
      result_.actual = PageEnds{hex(found_.head), hex(found_.tail)};
      compare_words();
      judge_content();
    }
    return std::move(result_);
  }

 private:
  using Page = std::array<std::byte, kPageBytes>;
  static constexpr Page kZeroes{};

  std::size_t length() const { return record_.length(found_.page); }
  std::span<const std::byte> wanted() const { return std::span(wanted_).first(length()); }
  bool has(const Page& content) const {
    return page_digest(HashKind::scalar, std::span(content).first(length())) == *found_.digest;
  }
  void say(PageState state, std::string seems) {
    result_.state = state;
    result_.seems = std::move(seems);
  }

  void compare_words() {
    if (found_.bytes.size() != length()) return;
    std::uint32_t words = 0;
    for (std::size_t at = 0; at < length(); at += kWordBytes) {
      const std::size_t bytes = std::min(kWordBytes, length() - at);
      if (std::memcmp(wanted_.data() + at, found_.bytes.data() + at, bytes) != 0) ++words;
    }
    const auto first = std::ranges::mismatch(wanted(), found_.bytes).in1 - wanted().begin();
    result_.different_words = words;
    result_.first_difference_byte = static_cast<std::uint32_t>(first);
  }

  void judge_content() {
    if (holds_earlier_version()) return;
    const auto owner =
        found_.head.size() < kWordBytes ? std::nullopt : owners_.of_head(word_at(found_.head));
    if (!owner) return judge_unmarked();
    const bool own = owner->memfd == &record_.memfd() && owner->page == found_.page;
    note_origin(*owner);
    if (own) return judge_own();
    say(PageState::foreign, fmt::format("{} page {} of {}", holds(), owner->page, name_of(*owner)));
  }

  std::string holds() const { return result_.found->identical ? "holds" : "begins like"; }

  std::string name_of(const PageOwners::Owner& owner) const {
    return owner.memfd == &record_.memfd() ? "the same memfd" : owner.memfd->title;
  }

  bool holds_earlier_version() {
    for (std::size_t edits = record_.edits(); edits-- > 0;) {
      Page before;
      record_.fill_version(found_.page, edits, before);
      if (!has(before)) continue;
      result_.found = PageOrigin{record_.memfd().title, found_.page, {}, 0, true};
      say(PageState::stale, fmt::format("lacks what the scenario's write {} put there", edits + 1));
      return true;
    }
    return false;
  }

  /// Whose page it is, and whether it is that to the last byte.
  void note_origin(const PageOwners::Owner& owner) {
    PageOrigin origin{owner.memfd->title, owner.page, {}, 0, false};
    Page content;
    const auto head = read_record_head(found_.head);
    if (owner.memfd->spec.pattern == Pattern::records && head) {
      origin.generation = head->stamp.generation;
      origin.writer = head->stamp.writer;
      fill_record(owner.memfd->key, owner.page, head->stamp, content);
    } else {
      fill_page(wire_pattern(owner.memfd->spec.pattern), owner.memfd->key, owner.page, content);
    }
    origin.identical = has(content);
    result_.found = std::move(origin);
  }

  void judge_own() {
    const PageOrigin& origin = *result_.found;
    const auto stamp = record_.stamp(found_.page);
    if (!stamp || !origin.generation || !origin.identical) return judge_damage();
    const std::uint64_t wanted = stamp->generation;
    if (*origin.generation < wanted) {
      const bool told = record_.was_acknowledged(found_.page, wanted);
      return say(PageState::stale,
                 fmt::format("holds step {}, expected step {}{}", *origin.generation, wanted,
                             told ? ", which was acknowledged" : ""));
    }
    if (*origin.generation > wanted) {
      return say(PageState::corrupt,
                 fmt::format("holds step {}, its writer's journal has step {} for it: the journal "
                             "is stale",
                             *origin.generation, wanted));
    }
    say(PageState::corrupt, fmt::format("holds a record of writer {}, it belongs to writer {}",
                                        origin.writer, stamp->writer));
  }

  /// Its own marks, but not its content.
  void judge_damage() {
    say(PageState::corrupt, "its marks are its own, its content is not" + difference());
  }

  std::string difference() const {
    if (!result_.different_words) return {};
    return fmt::format(": {} of its {} words differ{}, the first at byte {}",
                       *result_.different_words, (length() + kWordBytes - 1) / kWordBytes,
                       *result_.different_words == 1 ? "s" : "", *result_.first_difference_byte);
  }

  void judge_unmarked() {
    if (!result_.wanted) return say(PageState::corrupt, "holds data where zeroes were expected");
    const auto tail = found_.tail.size() == kTailBytes && length() == kPageBytes
                          ? owners_.of_tail(word_at(found_.tail))
                          : std::nullopt;
    if (tail && (tail->memfd != &record_.memfd() || tail->page != found_.page)) {
      note_origin(*tail);
      return say(PageState::foreign,
                 fmt::format("ends like page {} of {}", tail->page, name_of(*tail)));
    }
    say(PageState::corrupt,
        (tail ? "its first mark is damaged" : "holds what is no page of any memfd") + difference());
  }

  const PageRecord& record_;
  const PageOwners& owners_;
  const FoundPage& found_;
  Page wanted_;
  BadPage result_;
};

}  // namespace

BadPage judge_page(const PageRecord& record, const PageOwners& owners, const FoundPage& found) {
  return Judgement(record, owners, found).take();
}

}  // namespace luolab
