// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "controller/scheduler/ready_queue.h"

namespace luolab {

/// Jobs that are likely to start before one that waits.
struct Crowd {
  std::size_t ahead = 0;
  bool more = false;  ///< counting ended early: there may be more
};

/// Counts those that compete for the same workers: all whose own priority is above the job's
/// effective one, those of the same submitter that come first, and of every other submitter about
/// as many, since they take turns, and one more for each priority at which it is ahead by its age.
/// Looks at 10,000 jobs at most.
Crowd crowd_before(const LaneJob& job, const ReadyQueue& queue, const WorkerPool& pool,
                   std::chrono::nanoseconds ageing, TimePoint now);

}  // namespace luolab
