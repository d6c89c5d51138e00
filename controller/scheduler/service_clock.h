// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "db/record.h"

namespace luolab {

/// When a job began to wait, and which: the order of the jobs of one submitter and one priority.
using QueuedJob = std::pair<TimePoint, JobId>;

/// Since when the jobs of one submitter and one priority age: not while one that came before them
/// runs, and from then on. Whose jobs are served so does not get ahead of others by the age of a
/// backlog; and since each job has only so many before it, each ages without bound in the end. A
/// job that later ones overtake keeps its age.
/// A value; no clock of its own. Ends are in order of time. Logarithmic in the jobs that run; at
/// most 3 KiB beside them.
class ServiceClock {
 public:
  /// Ends within `grain` may be counted as one: ages are right to that.
  explicit ServiceClock(std::chrono::nanoseconds grain) : grain_(grain) {}

  void started(const QueuedJob& job) { running_.insert(job); }
  /// As if it had not started.
  void undone(const QueuedJob& job) { running_.erase(job); }
  void ended(const QueuedJob& job, TimePoint now);

  /// Nothing: it does not age now.
  std::optional<TimePoint> since(const QueuedJob& job) const;

 private:
  /// Jobs after `from` age since `last`, up to those after the next step.
  struct Step {
    QueuedJob from;
    TimePoint begun{};
    TimePoint last{};
  };

  std::chrono::nanoseconds grain_;
  std::set<QueuedJob> running_;
  std::vector<Step> steps_;  ///< ascending in all that they have
};

}  // namespace luolab
