// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

#include "controller/lab/store_writer.h"
#include "core/async/task.h"
#include "db/artifact_store.h"
#include "db/store.h"

namespace luolab {

inline constexpr std::chrono::minutes kUpkeepInterval{10};

struct Retention {
  std::chrono::hours keep_artifacts{0};  ///< after a run's end; 0: for ever
  std::chrono::hours keep_runs{0};       ///< after a run's end; 0: for ever
};

/// What keeps a store sound and small: looks through it, and takes files and rows of runs that
/// ended long ago. Runs that are pinned or have a failure are kept.
class Upkeep {
 public:
  Upkeep(Store reader, const ArtifactStore& artifacts, Retention retention)
      : reader_(std::move(reader)), artifacts_(artifacts), retention_(retention) {}

  /// Blocks: on a thread that may.
  Result<void> check_integrity() const { return reader_.check_integrity(); }

  /// Forgets what is too old, little by little, so that others get their turn between; how many
  /// files went. `blocking` is a thread that may block.
  Task<std::size_t> forget_old(StoreWriter& writer, asio::any_io_executor blocking);

 private:
  Task<std::size_t> forget_files(StoreWriter& writer, asio::any_io_executor blocking);
  Task<void> forget_rows(StoreWriter& writer);

  Store reader_;
  const ArtifactStore& artifacts_;
  Retention retention_;
};

}  // namespace luolab
