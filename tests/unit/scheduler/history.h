// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "controller/scheduler/scheduler.h"
#include "tests/bench/scheduling/watch.h"

namespace luolab {

/// A random history of calls on a small lab, each followed by a Watch, which throws
/// simulation::Broken where a promise is broken. The same seed gives the same history.
class History {
 public:
  explicit History(std::uint64_t seed);

  /// One random call; then all that can be placed is placed, and checked.
  void step();
  /// From here on nothing new comes, all workers are back, and jobs end until none is left.
  /// Returns false where jobs wait that nothing gets going.
  bool finish();

  /// All placements so far, in words.
  const std::vector<std::string>& placements() const { return placements_; }
  const Scheduler& scheduler() const { return scheduler_; }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  Instant now() const;
  std::string some_worker();
  ReadyJob some_job();
  WorkerOffer some_offer(const std::string& name);

  void add();
  void end_one();
  void remove_one();
  void adopt();
  void change_worker();
  void drop_worker();
  void ask();
  void change_build();
  void expire();
  void schedule();
  void check_idle();
  void end(std::int64_t job);

  std::mt19937_64 random_;
  SchedulerLimits limits_;
  Scheduler scheduler_;
  simulation::Watch watch_;
  std::int64_t seconds_ = 0;
  std::int64_t next_job_ = 1;
  std::map<std::int64_t, ReadyJob> waiting_;
  std::map<std::int64_t, Placement> running_;
  std::map<std::int64_t, ReadyJob> jobs_;
  std::vector<std::string> placements_;
};

}  // namespace luolab
