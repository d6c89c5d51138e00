// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/wire/digest_tree.h"
#include "core/wire/load_journal.h"
#include "core/wire/load_sequence.h"

namespace luolab {

using PageCopy = std::array<std::byte, kPageBytes>;

/// What the incoming agent found of one writer: its journal's page, and the page of the step that
/// was started and not done, where there is one.
struct JournalFound {
  PageCopy journal{};
  std::vector<std::byte> page;  ///< 4096 bytes, or empty
};

/// One page as the incoming agent found it.
struct RecordFound {
  std::uint64_t page = 0;
  std::optional<RecordStamp> stamp;  ///< empty: no whole record of this page
  std::vector<std::byte> bytes;      ///< of pages without a stamp, as far as they were sent
};

/// Follows a memfd that is written until the kernel's last instruction, and knows what it must hold
/// in the next kernel: every page the content of its writer's last step, but for one page a writer,
/// which its journal names and which may hold new words up to some point and old words behind it,
/// since writers store words in order and a kernel that is left keeps a prefix of the stores.
/// The outside oracle of a memfd under load: it trusts the journal in memory only so far as the
/// contents bear it out and no acknowledged step is missing. Pure. Takes 8 bytes a page; one
/// thread.
class LoadOracle {
 public:
  /// `shape.pages` whole pages of the layout are written, beginning at the first.
  LoadOracle(const LoadShape& shape, const PatternKey& key, const Layout& layout);

  /// What the running agent said that is done, for each writer. Never takes anything back.
  void acknowledge(std::span<const std::uint64_t> done);

  /// Takes what was found after a hop, an entry for each writer: from then on `expected` is of that
  /// hop. What is wrong, in words; empty: nothing. After a problem `expected` and `describe` are
  /// of no use until the next hop's journals were taken.
  std::string take_journals(std::span<const JournalFound> found);

  /// What the whole memfd must hold now.
  DigestTree expected(std::uint64_t range_bytes, HashKind kind, bool with_sha256) const;

  /// Which of these pages are not as they must be, and what is wrong with them, in words: stale,
  /// lost, torn, swapped, foreign. At most the first few; empty: all are right.
  std::string describe(std::span<const RecordFound> found) const;

  /// Writes what one page must hold now; of a torn page, what was found, since that is a state of
  /// it.
  void fill_expected(std::uint64_t page, PageBytes bytes) const;
  /// Whether the last hop caught this page in the middle of a write that a journal names.
  bool is_torn(std::uint64_t page) const { return torn_.contains(page); }
  /// Who wrote this page last, and in which step.
  RecordStamp stamp_of(std::uint64_t page) const;
  /// Whether a step of the page's writer was acknowledged by the running agent.
  bool was_acknowledged(std::uint64_t page, std::uint64_t step) const;

  /// Steps done by all writers together, as of the last hop.
  std::uint64_t steps() const;
  /// Pages that the last hop caught in the middle of a write.
  std::size_t torn_pages() const { return torn_.size(); }
  std::vector<std::uint64_t> torn_page_numbers() const;  ///< ascending
  const LoadShape& shape() const { return shape_; }

 private:
  struct Reading;
  std::string read_writer(std::uint32_t writer, const JournalFound& found, Reading& reading) const;
  void follow(std::uint32_t writer, std::uint64_t done);
  std::uint64_t step_of(std::uint64_t page) const;
  void fill(std::uint64_t page, std::uint64_t step, PageBytes bytes) const;
  std::string describe_page(const RecordFound& found) const;
  std::string describe_stamp(std::uint64_t page, const RecordStamp& stamp) const;
  std::string describe_broken(std::uint64_t page, ConstPageBytes bytes) const;

  LoadShape shape_;
  PatternKey key_;
  Layout layout_;
  std::vector<std::uint64_t> acknowledged_;  // by writer
  std::vector<std::uint64_t> done_;          // by writer, as of the last hop
  std::vector<std::uint64_t> steps_;         // by page: the last step that wrote it; 0: none
  std::map<std::uint64_t, PageCopy> torn_;   // pages of steps that were not done, as found
};

}  // namespace luolab
