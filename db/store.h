// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "db/owner.h"
#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

/// Where the store lies below the state folder.
std::filesystem::path store_file(const std::filesystem::path& state);

/// A run as it was stored.
struct CreatedRun {
  RunId id;
  std::vector<JobId> jobs;  ///< one per Job, in their order
};

/// The truth about runs: SQLite, synchronous, one writer connection (docs/store.md).
/// What a call did is on disk when it returns, and survives kill -9 and a power cut; a state change
/// and its event row share one transaction. Several processes may use one store; a writer waits up
/// to 10 s for another.
/// One thread at a time. All calls may throw SqliteError: nothing of that call was kept, and the
/// store may go on being used.
class Store {
 public:
  /// Creates file and folders where they are missing, brings the schema up to date, and checks the
  /// file's structure. Fault::lab, with the remedy, where the file is no store, is damaged, is
  /// newer than this program, or can't be written.
  static Result<Store> open(const std::filesystem::path& file);

  /// Jobs are queued, and belong to this process until it ends: see recover().
  CreatedRun create_run(const NewRun& run, std::span<const Job> jobs);

  /// Starts a try of the job; a try that still runs is fenced off and can't finish any more.
  /// Fault::canceled where the job was canceled, Fault::bug where there is none.
  Result<AttemptId> begin_attempt(JobId job, std::string_view worker);

  /// Stores the report, row by row, and the job's verdict. False, and nothing is changed, where the
  /// attempt has finished before, was fenced off, canceled or lost.
  /// Artifacts must be in the artifact store already; their `path` is not kept.
  bool finish_attempt(AttemptId attempt, const AttemptReport& report);

  /// Ends a queued or running job without a result: verdict MISS. A running attempt is canceled and
  /// can't finish any more; to keep its evidence, finish it instead. False where the job has ended.
  bool cancel_job(JobId job, std::string_view reason);

  /// Ends the run; jobs that have not ended are canceled. Does nothing where it has ended.
  void finish_run(RunId run);

  /// Ends the runs whose process is gone: attempts that ran are lost (MISS), queued jobs are
  /// canceled. Runs of living processes, in this container or another, are not touched.
  /// Returns the runs that were ended.
  std::vector<RunId> recover();

  /// Newest first, with an id below `before`, if given.
  std::vector<RunSummary> list_runs(std::size_t limit, std::optional<RunId> before = {});
  std::optional<RunId> last_run() const;
  /// Fault::scenario where there is none: ids come from users.
  Result<RunRecord> run(RunId id);
  Result<JobRecord> job(JobId id);
  /// Oldest first, with a `seq` above `after`.
  std::vector<EventRow> events(std::int64_t after, std::size_t limit) const;
  /// Newest first.
  std::vector<BuildRow> builds(std::size_t limit) const;

 private:
  Store(std::filesystem::path file, Database database);

  std::filesystem::path locks() const;
  const Owner& owner();
  void end_run(RunId run, TimePoint time, std::string_view reason);
  std::vector<JobRecord> read_jobs(std::string_view where, std::int64_t id) const;

  std::filesystem::path file_;
  std::unique_ptr<Owner> owner_;  ///< from the first create_run on
  Database database_;
};

}  // namespace luolab
