// SPDX-License-Identifier: Apache-2.0
#include "agent/load/memory_writer.h"

#include <poll.h>

#include <cerrno>

namespace luolab {
namespace {

constexpr std::size_t kDroppedWord = kPageWords / 2;  // in the payload: no two steps agree in it
constexpr int kDropPatienceMs = 200;

// Others, and the next kernel, see a writer's stores in the order in which it makes them: release
// stores, which x86 keeps in order without further cost (Intel SDM vol. 3, "Memory Ordering").
void store_in_order(LoadWord* at, LoadWord value) {
  std::atomic_ref(*at).store(value, std::memory_order_release);
}

PageBytes journal_page(Mapping& journal, std::uint32_t writer) {
  return PageBytes(journal.writable().data() + writer * kPageBytes, kPageBytes);
}

Outcome<std::vector<std::uint64_t>> open_journals(Mapping& journal,
                                                  const MemoryWriterRequest& request) {
  std::vector<std::uint64_t> done;
  for (std::uint32_t writer = 0; writer < request.shape.writers; ++writer) {
    const PageBytes page = journal_page(journal, writer);
    if (!request.resume) write_journal(request.key.mark, writer, page);
    const LoadJournalReading reading = read_journal(request.key.mark, writer, page);
    if (!reading.problem.empty()) {
      return Failure{"load.start", EBADMSG,
                     "journal of writer " + std::to_string(writer) + ": " + reading.problem};
    }
    done.push_back(reading.progress.done);
  }
  return done;
}

Outcome<Mapping> map_for_writing(int fd, std::uint64_t size_bytes, const char* subject) {
  Outcome<Mapping> mapping = Mapping::of(fd, size_bytes, Mapping::Access::write, subject);
  if (!mapping) return mapping;
  if (Done ready = mapping->populate(0, size_bytes); !ready) return ready.failure();
  return mapping;
}

}  // namespace

Outcome<std::unique_ptr<Load>> MemoryWriter::start(const MemoryWriterRequest& request) {
  Outcome<Mapping> memfd = map_for_writing(request.memfd, request.memfd_bytes, "memfd under load");
  if (!memfd) return memfd.failure();
  Outcome<Mapping> journal =
      map_for_writing(request.journal, request.shape.writers * kPageBytes, "journal");
  if (!journal) return journal.failure();
  Outcome<std::vector<std::uint64_t>> done = open_journals(*journal, request);
  if (!done) return done.failure();
  return std::unique_ptr<Load>(
      new MemoryWriter(*std::move(memfd), *std::move(journal), request, *std::move(done)));
}

MemoryWriter::MemoryWriter(Mapping memfd, Mapping journal, const MemoryWriterRequest& request,
                           std::vector<std::uint64_t> done)
    : memfd_(std::move(memfd)),
      journal_(std::move(journal)),
      shape_(request.shape),
      key_(request.key),
      drop_store_(request.drop_store),
      done_(std::move(done)),
      threads_(request.pace, [this](std::uint32_t writer) { return step(writer); }) {}

LoadJournalPage* MemoryWriter::journal_of(std::uint32_t writer) const {
  auto* const start = const_cast<std::byte*>(journal_.bytes().data());
  return reinterpret_cast<LoadJournalPage*>(start + writer * kPageBytes);
}

bool MemoryWriter::step(std::uint32_t writer) {
  const LoadMemory memory{shape_, key_, writer, memfd_.writable(), journal_of(writer)};
  const std::uint64_t next = ++done_[writer];
  if (drop_next_.load(std::memory_order_relaxed) && drop_next_.exchange(false)) {
    std::size_t stores = 0;  // the journal's comes first
    make_load_step(memory, next, [&](LoadWord* at, LoadWord value) {
      if (stores++ != kDroppedWord + 1) store_in_order(at, value);
    });
  } else {
    make_load_step(memory, next, store_in_order);
  }
  return true;
}

void MemoryWriter::leaving() {
  if (!drop_store_) return;
  drop_next_ = true;
  for (int waited = 0; drop_next_ && waited < kDropPatienceMs; ++waited) poll(nullptr, 0, 1);
}

Json MemoryWriter::figures() const {
  Json done = Json::array();
  for (std::uint32_t writer = 0; writer < shape_.writers; ++writer) {
    done.push_back(std::atomic_ref(journal_of(writer)->done).load(std::memory_order_acquire));
  }
  return {{"done", std::move(done)}};
}

}  // namespace luolab
