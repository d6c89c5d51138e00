// SPDX-License-Identifier: Apache-2.0
#include "core/wire/load_journal.h"

#include <algorithm>
#include <cstring>

namespace luolab {
namespace {

std::string steps_in_words(const LoadProgress& progress) {
  return "step " + std::to_string(progress.started) + " started, step " +
         std::to_string(progress.done) + " done";
}

}  // namespace

std::uint64_t load_identity(std::uint64_t mark, std::uint32_t writer) {
  // A mark of a page that no memfd reaches: nothing else holds this word.
  return page_marks(mark, (std::uint64_t{1} << 56) + writer).head;
}

void write_journal(std::uint64_t mark, std::uint32_t writer, PageBytes page) {
  const std::uint64_t identity = load_identity(mark, writer);
  const LoadJournalPage journal{identity, ~identity, 0, 0};
  std::fill(page.begin(), page.end(), std::byte{0});
  std::memcpy(page.data(), &journal, sizeof journal);
}

LoadJournalReading read_journal(std::uint64_t mark, std::uint32_t writer, ConstPageBytes page) {
  LoadJournalPage journal;
  std::memcpy(&journal, page.data(), sizeof journal);
  LoadJournalReading reading{{journal.started, journal.done}, {}};
  const std::uint64_t identity = load_identity(mark, writer);
  const auto rest = page.subspan(sizeof journal);
  if (journal.identity != identity || journal.inverse != ~identity) {
    reading.problem = "its first words are not those of this writer";
  } else if (std::any_of(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; })) {
    reading.problem = "it holds more than a journal does";
  } else if (journal.started != journal.done && journal.started != journal.done + 1) {
    reading.problem = steps_in_words(reading.progress) + ": that can't be";
  }
  return reading;
}

}  // namespace luolab
