// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "agent/failure.h"
#include "agent/load/load.h"
#include "agent/load/load_threads.h"
#include "agent/mapping.h"
#include "core/wire/load_step.h"

namespace luolab {

/// Which memory is written how. The descriptors are only needed while the load is started.
struct MemoryWriterRequest {
  int memfd = -1;
  std::uint64_t memfd_bytes = 0;
  int journal = -1;  ///< as many pages as there are writers
  LoadShape shape;
  PatternKey key;
  LoadPace pace;        ///< as many threads as the shape has writers
  bool resume = false;  ///< go on behind what the journals have as done, else begin journals
  bool drop_store = false;
};

/// Threads that keep writing records into a memfd, each into pages of its own, and note in a
/// journal memfd what they do (core/wire/load_step.h). They write until the kernel stops them.
class MemoryWriter final : public Load {
 public:
  /// EBADMSG where a journal that is to be resumed is not sane.
  static Outcome<std::unique_ptr<Load>> start(const MemoryWriterRequest& request);

  Json figures() const override;
  void halt() override { threads_.halt(); }

  /// Where `drop_store` was asked for: the next step of one writer leaves out one of its stores.
  /// Waits until that has happened.
  void leaving() override;

 private:
  MemoryWriter(Mapping memfd, Mapping journal, const MemoryWriterRequest& request,
               std::vector<std::uint64_t> done);
  bool step(std::uint32_t writer);
  LoadJournalPage* journal_of(std::uint32_t writer) const;

  Mapping memfd_;
  Mapping journal_;
  LoadShape shape_;
  PatternKey key_;
  bool drop_store_;
  std::atomic<bool> drop_next_ = false;
  std::vector<std::uint64_t> done_;  // each writer's own
  LoadThreads threads_;              // last: they use all of the above
};

}  // namespace luolab
