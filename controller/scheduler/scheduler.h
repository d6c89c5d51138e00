// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "core/protocol/lease.h"
#include "db/record.h"

namespace luolab {

/// Time as the scheduler is told it: nanoseconds since 1970 in service, virtual in a simulation.
using Instant = TimePoint;

struct SchedulerLimits {
  std::chrono::nanoseconds ageing =
      std::chrono::minutes{10};  ///< of waiting unserved, for one more priority
  std::chrono::nanoseconds usage_half_life = std::chrono::hours{1};  ///< fair share forgets so fast
  std::uint32_t per_submitter = 0;  ///< jobs of one submitter at a time; 0: no limit
};

/// A job that may run.
struct ReadyJob {
  JobId id;
  std::string submitter;
  int priority = 50;  ///< 0 to 100
  Needs needs;
  Instant queued{};                          ///< since when it waits
  std::chrono::nanoseconds queue_timeout{};  ///< 0: waits for ever
  std::set<std::string> avoid;  ///< workers that are taken only where no other fits it (retries)
  std::string only;             ///< the one worker that may take it (health checks); empty: any
};

enum class WorkerState {
  ready,
  draining,     ///< asked to take nothing new
  quarantined,  ///< failed too often: takes only jobs that name it in `only`
};
BOOST_DESCRIBE_ENUM(WorkerState, ready, draining, quarantined)

/// A worker that is connected.
struct WorkerOffer {
  std::string name;
  WorkerHello hello;  ///< slots, memory, cpus, tags, targets, builds
  WorkerState state = WorkerState::ready;
};

struct Placement {
  JobId job;
  std::string worker;
  /// Keys of `needs.builds` that this worker is to build; the others are there, or it has them.
  std::vector<std::string> to_build;
};

/// Why a job waits, in words for its submitter; `code` for programs: "next", "no-worker-fits",
/// "workers-busy", "build", "submitter-limit", "target-busy", "worker-away", "not-waiting"; the lab adds "rollout" (a later wave).
struct WhyWaiting {
  std::string code;
  std::string text;
};

/// Decides which job runs where. Pure: no clock, no I/O, no randomness; the same calls give the
/// same placements. Time that goes backwards stands still. One thread. docs/scheduling.md says how
/// it chooses:
/// - the highest priority first, where waiting counts as priority (ageing), so nothing starves: the
///   time in which no job before it, of the same submitter and priority, ran;
/// - among equals the submitter who used least lately (slot-seconds, decaying), then the oldest;
/// - a worker that has the builds before one that does not; each build key is made by one worker at
///   a time in the whole fleet, and jobs that need it wait for it, or run where it is;
/// - never more jobs than slots, memory, per-submitter and per-target limits allow.
/// Costs: a placement is logarithmic in jobs and workers, times the number of distinct needs
/// (builds and avoided workers aside) and priorities that wait. Looking for a worker that has some
/// of a job's builds is linear in the workers that have them or in those that are free, whichever
/// are fewer. `why` and `upcoming` are for people: they look at all workers. Millions of jobs and
/// ten thousand workers are meant.
class Scheduler {
 public:
  explicit Scheduler(SchedulerLimits limits = {});
  ~Scheduler();
  Scheduler(Scheduler&&) noexcept;
  Scheduler& operator=(Scheduler&&) noexcept;

  /// A job waits. It must not be known already (throws std::logic_error).
  void add(ReadyJob job);
  /// A waiting job is taken away (canceled). False where it does not wait.
  bool remove(JobId job);
  /// A running attempt from before a restart is adopted: it takes a slot, memory and target of its
  /// worker, connected or not, and counts for its submitter from `now` on. Limits are not looked
  /// at. What it may be building is not known, and not counted. While it runs, later jobs of its
  /// submitter and priority do not age.
  void adopt(ReadyJob job, const std::string& worker, Instant now);
  /// A running job's place is free again; usage is counted. Does nothing for a job that is unknown.
  void ended(JobId job, Instant now);

  /// Comes, or comes again with other properties. Its running jobs and its demand stay. Another
  /// `instance` is another process: the builds that the earlier one made are given up.
  void set_worker(WorkerOffer worker);
  /// Gone: takes nothing any more. Its running jobs stay until `ended`; builds it made are given
  /// up.
  void remove_worker(const std::string& name);
  /// How many more jobs it asks for now (parked lease requests). Each placement takes one.
  void set_demand(const std::string& worker, std::uint32_t jobs);

  /// What people call the build of a key ("linux-7.3 + phase-stamps"), for `why`.
  void name_build(const std::string& key, std::string title);
  /// A build key is there for everybody (as an artifact). A worker that is given a job that needs
  /// it is from then on counted among those that have it.
  void build_ready(const std::string& key);
  /// The one that builds it gave up; another may try. So it does by itself where the job for which
  /// it was to be built ends, and where its worker goes.
  void build_failed(const std::string& key, const std::string& worker);
  /// A worker has it locally.
  void build_on_worker(const std::string& key, const std::string& worker);

  /// All placements that can be made now; each is carried out: slots, demand and builds are taken.
  std::vector<Placement> schedule(Instant now);
  /// A placement that could not be carried out (the store refused): the job waits as before, and
  /// none has lost age by it.
  void undo(const Placement& placement, Instant now);
  /// Jobs that waited longer than their queue_timeout; they are removed.
  std::vector<JobId> expire(Instant now);
  /// When `expire` has something to do next.
  std::optional<Instant> next_expiry() const;

  WhyWaiting why(JobId job, Instant now) const;
  std::size_t waiting() const;
  std::size_t running() const;
  /// Waiting jobs in the order in which they would be placed if all workers fitted all jobs, but
  /// for those of submitters at their limit; for people. At most `most`.
  std::vector<JobId> upcoming(std::size_t most, Instant now) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace luolab
