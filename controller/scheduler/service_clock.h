// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "db/record.h"

namespace luolab {

/// When a job began to wait, and which: the order of the jobs of one submitter and one priority.
using QueuedJob = std::pair<TimePoint, JobId>;

/// Since when the jobs of one submitter and one priority age: the last placement of one that came
/// before them, or the moment they became ready, whichever is later. Whose jobs are served so does
/// not get ahead of others by the age of a backlog; and since each job has only so many before it,
/// each ages without bound in the end. A job that later ones overtake keeps its age.
/// A value; no clock of its own. Calls are in order of time. At most some 5 KiB.
class ServiceClock {
 public:
  /// Placements within `grain` may be counted as one: ages are right to that.
  explicit ServiceClock(std::chrono::nanoseconds grain) : grain_(grain) {}

  /// `pass` counts upwards; all placements of one pass are at one `now`.
  void placed(const QueuedJob& job, TimePoint now, std::uint64_t pass);
  /// The placement was not carried out: all is as if it had not been. Does nothing where there were
  /// others in a later pass.
  void undone(const QueuedJob& job);

  TimePoint since(const QueuedJob& job) const;

 private:
  /// Jobs after `from` age since `last`, up to those after the next step.
  struct Step {
    QueuedJob from;
    TimePoint begun{};
    TimePoint last{};
  };
  void step(const QueuedJob& job, TimePoint now);

  std::chrono::nanoseconds grain_;
  std::vector<Step> steps_;  ///< ascending in all that they have
  // To undo the last pass.
  std::vector<Step> before_;
  std::vector<QueuedJob> placed_;
  TimePoint now_{};
  std::uint64_t pass_ = 0;
};

}  // namespace luolab
