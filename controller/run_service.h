// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "core/async/task.h"
#include "core/protocol/job.h"
#include "core/protocol/report.h"
#include "db/store.h"

namespace luolab {

/// Who wants to see how a run goes on. Called from the run's thread; must not block.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void job_started(JobId job, const Job& what) = 0;
  virtual void job_activity(JobId job, std::string_view activity) = 0;
  virtual void job_ended(JobId job, const Job& what, const AttemptReport& report) = 0;
};

/// Makes one try of a job somewhere and says what came out; tells `on_activity` what goes on
/// meanwhile. Throws operation_aborted where it is cancelled.
using AttemptFunction = std::function<Task<AttemptReport>(
    const Job& job, std::function<void(std::string_view)> on_activity)>;

/// Runs the jobs of one stored run to their end, `slots` at a time, in their order, and stores each
/// report as it comes. A FAIL that was found in a fork is tried again from power-on, as a second
/// attempt: that one's verdict is the job's. One thread.
class RunService {
 public:
  /// Everything is borrowed and must outlive the service.
  RunService(Store& store, AttemptFunction attempt, RunObserver& observer)
      : store_(store), attempt_(std::move(attempt)), observer_(observer) {}

  /// Returns when every job has ended and the run is finished. Cancelling ends the attempts that
  /// run; what was finished before is kept, and the rest is stored as canceled.
  Task<void> run(const CreatedRun& created, std::span<const Job> jobs, std::size_t slots);

 private:
  Task<void> run_job(JobId id, const Job& job);
  /// One attempt, which was begun in the store; `sum_up` has the last word on the report.
  Task<AttemptReport> try_job(JobId id, AttemptId attempt, const Job& job,
                              std::function<void(AttemptReport&)> sum_up);

  Store& store_;
  AttemptFunction attempt_;
  RunObserver& observer_;
};

}  // namespace luolab
