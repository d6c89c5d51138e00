// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "controller/console/console_store.h"
#include "controller/lab/health_watch.h"
#include "controller/lab/lease_table.h"
#include "controller/lab/retry_policy.h"
#include "controller/lab/store_writer.h"
#include "controller/scheduler/scheduler.h"
#include "core/async/task_group.h"
#include "core/protocol/lease.h"
#include "db/lease_record.h"
#include "db/submission.h"
#include "db/worker_record.h"

namespace luolab {

struct LabOptions {
  std::chrono::nanoseconds heartbeat = std::chrono::seconds{10};
  std::chrono::nanoseconds lease = std::chrono::seconds{30};  ///< a worker may be silent so long
  std::chrono::nanoseconds longest_wait = std::chrono::seconds{30};  ///< of a parked lease request
  std::uint32_t most_misses = 3;  ///< attempts of one job that may end in MISS
  SchedulerLimits scheduling;
  HealthPolicy health;
  bool keep_workers = true;  ///< workers are written down; false: the one of this process alone
  /// What went wrong beside (the disk, mostly), for the log.
  std::function<void(const std::string&)> on_trouble = [](const std::string&) {};
  std::vector<Job> health_check;  ///< what a quarantined worker must pass; empty: nothing is run
};

/// A lease as it was granted. The job is text, as it lies in the store.
struct Grant {
  std::int64_t attempt = 0;
  std::uint32_t number = 1;
  std::int64_t run = 0;
  std::int64_t job = 0;
  std::string job_json;
  bool from_power_on = false;
  std::vector<BuildOffer> builds;
};

/// Why a worker is not answered as it asked.
enum class WorkerRefusal {
  unknown_instance,  ///< it must say hello (again)
  name_taken,        ///< the name belongs to the worker of another token
};

[[noreturn]] void throw_exception_from_error(WorkerRefusal refusal,
                                             const boost::source_location& at);

template <class T>
using WorkerResult = boost::system::result<T, WorkerRefusal>;

/// A worker that has said hello to this controller.
struct ConnectedWorker {
  WorkerHello hello;
  TokenId token;
  AdminState admin = AdminState::ready;
  TimePoint seen;
  std::string health_reason;  ///< empty: healthy
};

/// Who wants to see at once what happens to jobs (a progress display in the same process). Called
/// from the lab's thread; must not block.
class LabObserver {
 public:
  virtual ~LabObserver() = default;
  /// It had waited so long since it was ready.
  virtual void job_started(JobId job, AttemptId attempt, std::chrono::nanoseconds waited) = 0;
  /// The job has its last word.
  virtual void job_ended(JobId job, Verdict verdict, const std::string& reason,
                         const AttemptReport* report) = 0;
  virtual void run_ended(RunId run) = 0;
};

struct LabCounters {
  std::uint64_t grants = 0, reports = 0, stale = 0, losses = 0, retries = 0, expired = 0;
};

/// The controller without its network: what is queued, who works, which attempt has which lease.
/// Every change is in the store before anybody hears of it; what is held in memory can be made
/// again from the store (`restore`). `luolab controller` puts an HTTP API before it, `luolab run`
/// a worker in the same process. One thread: the executor's. Calls throw SqliteError where the
/// store refused; nothing has changed then.
class Lab {
 public:
  Lab(asio::any_io_executor executor, StoreWriter& writer, ConsoleStore& consoles,
      LabOptions options, LabObserver* observer = nullptr);
  ~Lab();

  /// Queues the jobs of a run that this process has created itself (luolab run).
  Task<void> take_up(CreatedRun run);
  /// Takes up what the store has: jobs that wait, attempts that run (each with a fresh lease, so
  /// that a worker which lives on keeps what it has).
  Task<void> restore();
  /// What happens by time: leases and queue timeouts run out, health checks are due. Until it is
  /// cancelled; joins what is being written then.
  Task<void> run();

  // Submitters.
  Task<Submitted> submit(Submission submission);
  Task<Cancellation> cancel_run(RunId run, std::string reason);
  Task<Cancellation> cancel_job(JobId job, std::string reason);
  /// Jobs of the run with one of these verdicts are queued again; how many.
  Task<std::size_t> retry_run(RunId run, std::set<Verdict> verdicts);
  Task<bool> retry_job(JobId job);
  WhyWaiting why(JobId job) const;

  // Workers (docs/worker-protocol.md).
  Task<WorkerResult<WorkerWelcome>> hello(TokenId token, WorkerHello hello);
  Task<WorkerResult<std::optional<Grant>>> lease(TokenId token, std::string worker,
                                                 LeaseRequest request);
  WorkerResult<HeartbeatAnswer> heartbeat(TokenId token, const std::string& worker,
                                          const Heartbeat& heartbeat);
  Task<Delivery> report(TokenId token, AttemptId attempt, AttemptReport report);
  /// Whether this token's worker may still change something about the attempt: the fence.
  bool holds(TokenId token, AttemptId attempt) const;
  Task<Delivery> build_done(TokenId token, AttemptId attempt, std::string key, std::string artifact,
                            std::string failure);

  // Operators.
  Task<bool> set_admin_state(std::string worker, AdminState state);
  /// Vouches for a quarantined worker.
  Task<bool> trust(std::string worker);
  /// Forgets a worker; what it runs is lost.
  Task<bool> forget(std::string worker);

  const LeaseTable& leases() const { return leases_; }
  const std::map<std::string, ConnectedWorker>& workers() const { return workers_; }
  bool quarantined(const std::string& worker) const { return health_.quarantined(worker); }
  std::size_t waiting() const { return scheduler_.waiting(); }
  const LabCounters& counters() const { return counters_; }
  const LabOptions& options() const { return options_; }

 private:
  struct Parked {
    explicit Parked(const asio::any_io_executor& executor) : settled(executor) {}
    std::optional<Grant> grant;
    std::exception_ptr failure;
    bool placed = false;    ///< a placement is being carried out for it
    bool gone = false;      ///< nobody waits for it any more
    bool replaced = false;  ///< another process has taken the worker's name
    Signal settled;
  };
  using ParkedRef = std::shared_ptr<Parked>;

  // Placing (lab_dispatch.cpp).
  void wake_scheduler();
  void place();
  Task<void> carry_out(Placement placement, ParkedRef parked);
  ParkedRef take_parked(const std::string& worker);
  void update_demand(const std::string& worker);
  Task<std::optional<Grant>> lost_grant(const std::string& worker, const LeaseRequest& request);
  static Task<bool> wait_for(ParkedRef parked);
  std::vector<BuildOffer> offers(const Needs& needs) const;

  // Workers and their ends (lab_workers.cpp).
  void offer(const std::string& name);
  void drop_worker(const std::string& name);
  Task<void> lose(AttemptId attempt, std::string reason);
  void count_attempt(const std::string& worker, JobId job, Verdict verdict,
                     const std::string& reason);
  void check_ended(JobId job, Verdict verdict, const std::string& reason);
  Task<void> save_health(std::string worker, bool healthy, std::string reason);
  Task<void> start_health_check(std::string worker);

  // Jobs and their ends (lab_jobs.cpp).
  static ReadyJob ready_job(const QueuedJob& job);
  void enqueue(const QueuedJob& job);
  void end_lease(AttemptId attempt);
  /// What an attempt's end came to in the store.
  struct Ended {
    AttemptEnd end;
    NextStep next;
    std::optional<QueuedJob> again;
  };
  static Ended end_in_store(Store& store, AttemptId attempt, JobId job, EndedAttempt last,
                            const AttemptReport* report, const RetryPolicy& policy);
  Task<Delivery> report_again(TokenId token, AttemptId attempt,
                              std::shared_ptr<const AttemptReport> report);
  void settle(AttemptId attempt, const Ended& ended, const AttemptReport* report);
  void job_is_over(JobId job, Verdict verdict, const std::string& reason,
                   const AttemptReport* report);
  void run_is_over(RunId run);
  RetryPolicy policy_of(JobId job, RunId run) const;
  void take_note(const Cancellation& canceled);
  /// What the end of a job did to its rollout: jobs that may begin, jobs that never will.
  void take_step(const RolloutStep& step);
  void end_soaks(TimePoint now);
  Task<void> end_soak(RolloutSoak soak);
  Task<void> expire_waiting(TimePoint now);
  Task<void> expire(JobId job);
  Task<void> expire_leases(TimePoint now);

  /// Runs beside; what it throws is told to options.on_trouble.
  void spawn(Task<void> task);
  Task<void> guard(Task<void> task);
  Task<void> write_seen();

  asio::any_io_executor executor_;
  StoreWriter& writer_;
  ConsoleStore& consoles_;
  LabOptions options_;
  LabObserver* observer_;
  Scheduler scheduler_;
  LeaseTable leases_;
  HealthWatch health_;
  std::map<std::string, ConnectedWorker> workers_;
  std::map<std::string, TokenId> tokens_;  ///< of all workers, also of those not connected
  std::map<JobId, std::uint32_t> held_;    ///< by the wave of their rollout that is before theirs
  std::map<RolloutId, TimePoint> soaks_;   ///< when their next wave comes out
  std::set<RunId> own_runs_;               ///< of this process: their jobs wait for it alone
  std::vector<JobId> overdue_;             ///< expired, but the store could not be told yet
  std::unordered_map<std::string, std::deque<ParkedRef>> parked_;
  std::map<std::string, std::string> builds_;               ///< build key -> artifact that is ready
  std::map<JobId, std::string> health_checks_;              ///< job -> the worker that it checks
  std::map<AttemptId, std::vector<std::string>> building_;  ///< keys that an attempt is to build
  std::map<RunId, std::uint32_t> confirm_;                  ///< of runs that have had a lease
  bool placing_ = false;
  LabCounters counters_;
  TaskGroup tasks_;
};

}  // namespace luolab
