// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "controller/scheduler/scheduler.h"
#include "tests/bench/scheduling/fairness.h"
#include "tests/bench/scheduling/figures.h"
#include "tests/bench/scheduling/fleet.h"
#include "tests/bench/scheduling/options.h"
#include "tests/bench/scheduling/watch.h"

namespace luolab::simulation {

/// A lab in virtual time around the real Scheduler: submissions come, jobs build and run and fail,
/// workers are lost, come back and are checked. The same options give the same run.
class Simulation {
 public:
  explicit Simulation(const Options& options);
  /// Until every job has ended. Throws Broken where the scheduler broke a promise.
  Figures run();

 private:
  enum class What { submission, build_done, job_done, worker_lost, lease_over, worker_back };
  struct Event {
    double time = 0;
    std::uint64_t order = 0;
    What what = What::submission;
    std::int64_t subject = 0;   ///< job or worker
    std::uint32_t attempt = 0;  ///< of a job: events of earlier attempts are void
    bool operator<(const Event& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };
  /// One submission: its jobs share builds, submitter and priority.
  struct Run {
    std::uint32_t submitter = 0;
    int priority = 50;
    std::vector<std::string> builds;
    bool built = false;          ///< its own build is there
    int waiting_for_builds = 0;  ///< ordinary jobs, until then
  };
  struct SimJob {
    std::uint32_t run = 0;
    std::uint32_t kind = 0;
    std::uint32_t attempt = 0;
    std::uint32_t worker = 0;
    float queued = 0;
    float work_seconds = 0;
    bool running = false;
    bool check = false;  ///< a health check
    bool done = false;
    std::vector<std::string> makes;
    std::vector<std::uint32_t> avoid;
  };
  struct SimWorker {
    WorkerOffer offer;
    std::vector<std::int64_t> jobs;
    bool connected = false;
    std::uint32_t life = 0;
  };

  void at(double time, What what, std::int64_t subject, std::uint32_t attempt = 0);
  void happen(const Event& event);
  void submit();
  void queue(std::int64_t job);
  void start(const Placement& placement);
  void build_done(std::int64_t job);
  void job_done(std::int64_t job);
  void end_attempt(std::int64_t job, bool again);
  void lose(std::uint32_t worker);
  void lease_over(std::int64_t job);
  void come_back(std::uint32_t worker);
  void check_health(std::uint32_t worker);
  void ask(std::uint32_t worker);
  void schedule();
  void count_slots(int change);
  void count_waiting(const SimJob& job, int change);
  void built(Run& run);

  Instant instant() const;
  double exponential(double mean);
  double duration(double mean);
  bool happens(double probability);
  ReadyJob ready_job(std::int64_t job) const;

  Options options_;
  Random random_;
  Scheduler scheduler_;
  Watch watch_;
  std::vector<SimWorker> workers_;
  std::vector<JobKind> kinds_;
  std::discrete_distribution<std::uint32_t> which_kind_;
  std::discrete_distribution<std::uint32_t> which_submitter_;
  std::deque<Run> runs_;
  std::vector<SimJob> jobs_;  ///< the id is the place, from 1
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  double now_ = 0;
  std::uint32_t submitted_ = 0;
  std::uint32_t done_ = 0;
  double between_runs_ = 0;
  double slots_ = 0;
  double busy_ = 0;
  double busy_since_ = 0;
  double busy_seconds_ = 0;  ///< slot-seconds while jobs came
  double last_submission_ = 0;
  std::map<int, std::vector<float>> waits_;
  Fairness fairness_;
  Figures figures_;
};

}  // namespace luolab::simulation
