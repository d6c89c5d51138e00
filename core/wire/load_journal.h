// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/wire/layout.h"
#include "core/wire/pattern.h"

namespace luolab {

/// The page in which one memory writer notes what it is doing, in a journal memfd that is preserved
/// like the memfd it writes: page w is writer w's. Native byte order. Before a step k touches its
/// page, `started` becomes k; when the page is whole, `done` becomes k. So a kernel that is left at
/// any instruction leaves `started` equal to `done`, or one more, and then the page of step
/// `started` may hold old content behind new.
/// Everything behind the four words is zero.
struct LoadJournalPage {
  std::uint64_t identity;  ///< load_identity(): which memfd and which writer
  std::uint64_t inverse;   ///< ~identity
  std::uint64_t started;
  std::uint64_t done;
};

/// How far a writer has come, by its journal.
struct LoadProgress {
  std::uint64_t started = 0;
  std::uint64_t done = 0;
  friend bool operator==(const LoadProgress&, const LoadProgress&) = default;
};

/// What the journal of a writer is known by. Different for each memfd (by its mark key) and writer.
std::uint64_t load_identity(std::uint64_t mark, std::uint32_t writer);

/// Makes a journal page, of a writer that has done nothing yet.
void write_journal(std::uint64_t mark, std::uint32_t writer, PageBytes page);

/// A journal as it was found, or in words why it is none of this writer: damaged, another's, or
/// of steps that can't be.
struct LoadJournalReading {
  LoadProgress progress;
  std::string problem;  ///< empty: it is sane
};
LoadJournalReading read_journal(std::uint64_t mark, std::uint32_t writer, ConstPageBytes page);

}  // namespace luolab
