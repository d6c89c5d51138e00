// SPDX-License-Identifier: Apache-2.0
#include "controller/service/upkeep.h"

#include "db/event_writer.h"
#include "db/partial_artifact.h"

namespace luolab {
namespace {

constexpr std::size_t kRunsAtOnce = 100;
constexpr std::size_t kJobsAtOnce = 500;
/// Idempotency keys, half-done uploads and files that no row names live so long.
constexpr std::chrono::hours kLeftovers{48};

}  // namespace

Task<std::size_t> Upkeep::forget_old(StoreWriter& writer, asio::any_io_executor blocking) {
  std::size_t files = 0;
  if (retention_.keep_artifacts.count() > 0) files += co_await forget_files(writer, blocking);
  if (retention_.keep_runs.count() > 0) co_await forget_rows(writer);
  auto forget_keys = [before = now() - kLeftovers](Store& store) {
    store.forget_keys(before);
    return true;
  };
  co_await writer.write(forget_keys);
  auto sweep = [this] {
    const auto before = std::filesystem::file_time_type::clock::now() - kLeftovers;
    PartialArtifacts(artifacts_.folder()).drop_older(before);
    return artifacts_.sweep(
        [this](std::string_view digest) { return reader_.names_artifact(digest); }, before);
  };
  files += co_await run_on(blocking, sweep);
  co_return files;
}

Task<std::size_t> Upkeep::forget_files(StoreWriter& writer, asio::any_io_executor blocking) {
  std::size_t files = 0;
  auto list = [this, before = now() - retention_.keep_artifacts] {
    return reader_.expired_runs(before, kRunsAtOnce);
  };
  const auto runs = co_await run_on(blocking, list);
  for (const ExpiredRun& run : runs) {
    if (!run.artifacts) continue;
    auto forget = [id = run.id](Store& store) { return store.forget_artifacts(id); };
    const Forgotten forgotten = co_await writer.write(forget);
    auto remove = [this, digests = forgotten.digests] {
      std::size_t removed = 0;
      for (const std::string& digest : digests) removed += artifacts_.remove(digest) ? 1U : 0U;
      return removed;
    };
    files += co_await run_on(blocking, remove);
  }
  co_return files;
}

Task<void> Upkeep::forget_rows(StoreWriter& writer) {
  auto list = [before = now() - retention_.keep_runs](Store& store) {
    return store.expired_runs(before, kRunsAtOnce);
  };
  const auto runs = co_await writer.write(list);
  for (const ExpiredRun& run : runs) {
    if (run.artifacts) continue;  // its files go first
    for (bool more = true; more;) {
      auto forget = [id = run.id](Store& store) { return store.forget_run(id, kJobsAtOnce); };
      more = co_await writer.write(forget);
    }
  }
}

}  // namespace luolab
