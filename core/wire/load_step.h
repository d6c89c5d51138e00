// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/wire/load_journal.h"
#include "core/wire/load_sequence.h"
#include "core/wire/pattern.h"

namespace luolab {

/// The unit in which writers store; a store of it is never seen in part.
using LoadWord = std::uint64_t;
inline constexpr std::size_t kPageWords = kPageBytes / sizeof(LoadWord);

/// What a page holds after a writer's step: a record of generation `step` by writer `writer` + 1,
/// since writer 0 is the fill. Step 0 is the fill itself.
inline RecordStamp load_stamp(std::uint32_t writer, std::uint64_t step) {
  return step == 0 ? RecordStamp{} : RecordStamp{step, writer + 1};
}

/// One writer's memory. Borrowed: mappings of the memfd and of its journal.
struct LoadMemory {
  LoadShape shape;
  PatternKey key;
  std::uint32_t writer = 0;
  std::span<std::byte> memfd;
  LoadJournalPage* journal = nullptr;
};

/// Makes one step of a writer: journal, the words of the page from the first to the last, journal.
/// `store(LoadWord* at, LoadWord value)` is called once for each word, in the order in which others
/// must see the stores; a test that stops in between sees what a kernel that is left there leaves.
template <class Store>
void make_load_step(const LoadMemory& memory, std::uint64_t step, Store&& store) {
  std::array<std::byte, kPageBytes> record;
  const std::uint64_t page = load_page(memory.shape, memory.writer, step);
  fill_record(memory.key, page, load_stamp(memory.writer, step), record);
  auto* const words = reinterpret_cast<LoadWord*>(memory.memfd.data() + page * kPageBytes);
  store(&memory.journal->started, step);
  for (std::size_t i = 0; i < kPageWords; ++i) {
    LoadWord word = 0;
    std::memcpy(&word, record.data() + i * sizeof word, sizeof word);
    store(words + i, word);
  }
  store(&memory.journal->done, step);
}

}  // namespace luolab
