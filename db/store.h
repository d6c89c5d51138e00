// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "db/attempt_record.h"
#include "db/build_papers.h"
#include "db/filter.h"
#include "db/fleet_build.h"
#include "db/gate_record.h"
#include "db/lease_record.h"
#include "db/owner.h"
#include "db/record.h"
#include "db/retention.h"
#include "db/run_summary.h"
#include "db/search_hit.h"
#include "db/sqlite.h"
#include "db/submission.h"
#include "db/token_record.h"
#include "db/trend.h"
#include "db/worker_record.h"

namespace luolab {

/// Where the store lies below the state folder.
std::filesystem::path store_file(const std::filesystem::path& state);

/// A run as it was stored.
struct CreatedRun {
  RunId id;
  std::vector<JobId> jobs;  ///< one per Job, in their order
};

struct StoreOptions {
  std::chrono::milliseconds patience = std::chrono::seconds{10};  ///< with other writers
};

/// How far a backup is, in pages.
struct BackupProgress {
  int remaining = 0;
  int total = 0;
};

/// The truth about runs: SQLite, synchronous, one writer connection (docs/store.md).
/// What a call did is on disk when it returns, or when the batch that it is part of returns, and
/// survives kill -9 and a power cut; a state change and its event row share one transaction.
/// Several processes may use one store; a writer waits `patience` for another.
/// One thread at a time per Store; a process may have several. All calls may throw SqliteError:
/// nothing of that call was kept, and the store may go on being used.
class Store {
 public:
  /// Creates file and folders where they are missing, brings the schema up to date, and checks the
  /// file's structure where it is small (see check_integrity). Fault::lab, with the remedy, where
  /// the file is no store, is damaged, is newer than this program, or can't be written.
  static Result<Store> open(const std::filesystem::path& file, const StoreOptions& options = {});

  /// A connection that only reads, for another thread, of a store that is open already: nothing is
  /// created, migrated or checked. Its writes throw SqliteError (read_only). Fault::lab as above.
  static Result<Store> open_reader(const std::filesystem::path& file);

  // ---- Many calls at once ----

  /// Runs the steps in one transaction: all are on disk when it returns. A step that throws takes
  /// only itself back, and its exception is in its place of the result (null: it went well); the
  /// steps may then be run again from the first, so what they leave in variables must be set, not
  /// added to. Not within another transaction.
  /// Where the disk, the lock or the commit fails, nothing at all is kept, and SqliteError thrown.
  std::vector<std::exception_ptr> batch(std::span<const std::function<void()>> steps);
  /// One transaction around all calls that `work` makes. Where it throws, nothing is kept.
  void together(const std::function<void()>& work);

  // ---- Runs of a process (luolab run) ----

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
  /// canceled. Runs of living processes, in this container or another, and of the service are not
  /// touched. Returns the runs that were ended.
  std::vector<RunId> recover();

  // ---- Runs of the service ----

  /// Stores a run that belongs to the controller, whoever that is: recover() leaves it alone.
  Submitted submit(const Submission& submission);

  /// Begins an attempt of a queued job. Empty where the job does not wait any more.
  std::optional<LeasedJob> lease(JobId job, std::string_view worker, std::string_view instance);

  /// Stores the report, and ends the job or queues it anew. A canceled attempt's report is kept
  /// once, as evidence. The worker stays the one that holds the lease, whatever the report says.
  AttemptEnd finish_attempt(AttemptId attempt, const AttemptReport& report, const JobFate& fate);

  /// Ends a running attempt without a report: its worker is gone. stale where it does not run.
  AttemptEnd lose_attempt(AttemptId attempt, std::string_view reason, const JobFate& fate);

  /// When somebody last asked for the job to be tried again; 1970: never.
  TimePoint last_retry(JobId job) const;
  /// What the decision on another try needs. In their order.
  std::vector<AttemptSummary> attempts_of(JobId job) const;

  /// Ends the job, or the jobs of the run, that have not ended; verdict MISS. Empty where there is
  /// none. Takes at most `most_jobs`, so that others get their turn: see Cancellation::more.
  Cancellation stop_job(JobId job, std::string_view reason);
  Cancellation cancel_run(RunId run, std::string_view reason, std::size_t most_jobs = 2000);
  /// The same for service runs of a series with an older revision than `revision`; they name `by`.
  Cancellation supersede(std::string_view series_key, std::int64_t revision, RunId by,
                         std::size_t most_jobs = 2000);

  /// Queues an ended job of a service run again, which then runs again. Empty: not ended, or none.
  std::optional<QueuedJob> retry_job(JobId job);
  /// All ended jobs of the run that have one of the verdicts (none given: but PASS, XFAIL, DONE
  /// and SKIP).
  std::vector<QueuedJob> retry_run(RunId run, const std::set<Verdict>& verdicts);

  /// Ends a job that waited too long: MISS. stale in `outcome` where it does not wait.
  AttemptEnd expire_job(JobId job, std::string_view reason);

  /// At start: calls `visit` for all queued jobs of service runs, oldest first. Must not write.
  void each_queued(const std::function<void(QueuedJob)>& visit) const;
  /// At start: the attempts of service runs that run, oldest first.
  std::vector<RunningAttempt> running_attempts() const;
  /// The soak of a rollout is over: its next wave is released. Does nothing where none is.
  RolloutStep end_soak(RolloutId rollout);
  /// At start: rollouts of service runs whose next wave is due at some time.
  std::vector<RolloutSoak> soaking_rollouts() const;
  /// One queued job; empty where it does not wait.
  std::optional<QueuedJob> queued_job(JobId job) const;

  // ---- Workers, tokens, builds of the fleet ----

  /// Takes a hello. Empty where the name belongs to another token that is not revoked.
  std::optional<WorkerRow> save_worker(std::string_view name, TokenId token,
                                       std::string_view hello_json);
  /// These are false where there is no such worker.
  bool set_admin_state(std::string_view name, AdminState state);
  bool set_health(std::string_view name, WorkerHealth health, std::string_view reason,
                  std::uint32_t misses);
  bool remove_worker(std::string_view name);
  /// Signs of life; no events.
  void workers_seen(std::span<const WorkerSeen> seen);
  /// Only an event: the worker is gone, or was asked to go.
  void worker_left(std::string_view name, std::string_view reason);
  /// By name.
  std::vector<WorkerRow> workers() const;
  std::optional<WorkerRow> worker(std::string_view name) const;

  TokenId add_token(const NewToken& token);
  /// False where there is none, or it is revoked already.
  bool revoke_token(TokenId token);
  std::vector<TokenRow> tokens() const;
  /// Also one that is no longer valid: see TokenRow::valid.
  std::optional<TokenRow> find_token(std::string_view sha256) const;

  /// A worker builds this; a build that was ready stays ready (false).
  bool begin_build(std::string_view key, std::string_view title, AttemptId attempt);
  /// True where it is taken, also repeatedly; false where the attempt does not run.
  bool build_ready(std::string_view key, AttemptId attempt, std::string_view artifact);
  bool build_failed(std::string_view key, AttemptId attempt, std::string_view detail);
  std::vector<FleetBuild> fleet_builds(const FleetBuildFilter& filter = {}) const;
  std::optional<FleetBuild> fleet_build(std::string_view key) const;

  // ---- Gates ----

  GateId add_gate(const NewGate& gate);
  /// False, and nothing is changed, where it does not run (any more).
  bool save_gate(GateId gate, const GateProgress& progress);
  /// Ends a gate without an answer; what is known so far stays. False where it does not run.
  bool cancel_gate(GateId gate, std::string_view reason);
  std::vector<GateRow> gates(const GateFilter& filter = {}) const;
  std::optional<GateRecord> gate(GateId id) const;
  /// A gate's step has made this run; throws where the step has one already.
  void note_gate_step(GateId gate, std::string_view name, RunId run);
  std::optional<RunId> gate_step(GateId gate, std::string_view name) const;
  /// All its runs, in their order.
  std::vector<RunId> gate_runs(GateId gate) const;
  /// A job whose result counts wherever the same key is asked for.
  void remember_result(std::string_view key, JobId job);
  std::optional<JobId> known_result(std::string_view key) const;

  // ---- Reading ----

  /// Newest first, with an id below `before`, if given.
  std::vector<RunSummary> list_runs(std::size_t limit, std::optional<RunId> before = {});
  std::vector<RunSummary> runs(const RunFilter& filter) const;
  std::optional<RunId> last_run() const;
  /// Whole, with the reports of all its jobs. Fault::scenario where there is none: ids come from
  /// users.
  Result<RunRecord> run(RunId id);
  Result<RunHead> run_head(RunId id) const;
  std::vector<JobSummary> jobs(const JobFilter& filter) const;
  Result<JobRecord> job(JobId id);
  Result<JobSummary> job_summary(JobId id) const;
  std::vector<AttemptSummary> attempts(const AttemptFilter& filter) const;
  Result<AttemptRecord> attempt(AttemptId id) const;
  std::vector<ReportRow<Phase>> phases(const RowFilter& filter) const;
  std::vector<ReportRow<Checksum>> checksums(const RowFilter& filter) const;
  std::vector<ReportRow<Measurement>> measurements(const RowFilter& filter) const;
  /// Which attempts have the file; newest first.
  std::vector<ArtifactUse> artifact_uses(std::string_view sha256, std::size_t limit) const;
  /// Oldest first, with a `seq` above `after`.
  std::vector<EventRow> events(std::int64_t after, std::size_t limit) const;
  std::vector<EventRow> events(const EventFilter& filter) const;
  /// seq of the last event; 0: none.
  std::int64_t last_event() const;
  /// Builds that reports named, newest first. `before`: BuildRow::id.
  std::vector<BuildRow> builds(std::size_t limit, std::optional<std::int64_t> before = {}) const;
  /// The newest of this key.
  std::optional<BuildPapers> build_papers(std::string_view digest) const;
  /// What a build is compared with: of the same base version the one with fewest patches, then
  /// fewest fragments, then the oldest. Nothing where none has less than `build` itself.
  std::optional<BuildPapers> baseline_of(const BuildRow& build) const;
  /// What became of the run's rollouts, target by target; figures_of() sums it up.
  std::vector<RolloutRecord> rollouts(RunId run) const;
  /// In the order of their first jobs; at most 2000.
  std::vector<RunPoint> run_points(RunId run) const;
  /// Over its last 2000 jobs, in the order of the phases.
  std::vector<RunPhase> run_phases(RunId run) const;
  /// Words in any order; their beginnings, where few whole words match. At most `limit` of each
  /// kind, newest first.
  std::vector<SearchHit> search(std::string_view text, std::size_t limit) const;
  /// Newest first.
  std::vector<TrendPoint> trend(const TrendFilter& filter) const;
  TrendChoices trend_choices() const;
  /// Highest releases first.
  std::vector<VersionPair> version_pairs(const PairFilter& filter) const;
  /// What failed last comes first.
  std::vector<FlakyTest> flaky_tests(const FlakyFilter& filter) const;

  // ---- Upkeep ----

  const std::filesystem::path& file() const { return file_; }

  /// Looks through the whole file: about 1 ms per MiB, for a reader on a thread of its own.
  /// Fault::lab, with the remedy, where it is damaged.
  Result<void> check_integrity() const;

  /// Copies one state of the store to a new file, checks the copy, and puts it in place whole.
  /// Reads through a connection of its own, so that writers go on. After each step asks `go_on`;
  /// false ends it (Fault::canceled), and nothing is left. Fault::lab where it can't be written.
  Result<void> backup(const std::filesystem::path& to,
                      const std::function<bool(BackupProgress)>& go_on) const;

  /// Keeps a run from the retention, or gives it free. False where there is no such run.
  bool pin_run(RunId run, bool pinned);
  /// What the retention would take of runs that ended before `before`, oldest first.
  std::vector<ExpiredRun> expired_runs(TimePoint before, std::size_t limit) const;
  /// Marks the files of an expired run as gone; the caller then removes what is given back.
  Forgotten forget_artifacts(RunId run);
  /// Takes an expired run out of the store, at most `most_jobs` jobs at a call; true: it has more,
  /// call again. Its files must be forgotten before. Leaves alone what is not expired, pinned say.
  bool forget_run(RunId run, std::size_t most_jobs = 500);
  /// Takes idempotency keys that were used before `before`.
  void forget_keys(TimePoint before);
  /// Whether a row says that the file is to be there.
  bool names_artifact(std::string_view sha256) const;

 private:
  Store(std::filesystem::path file, Database database);

  std::filesystem::path locks() const;
  const Owner& owner();
  void recover_gates();
  void end_run(RunId run, TimePoint time, std::string_view reason);
  std::vector<JobRecord> read_jobs(std::string_view where, std::int64_t id) const;

  std::filesystem::path file_;
  std::unique_ptr<Owner> owner_;  ///< from the first create_run on
  Database database_;
};

}  // namespace luolab
