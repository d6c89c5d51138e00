// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "controller/lab/lab.h"
#include "core/async/signal.h"

namespace luolab {

/// Learns from a lab in the same process when jobs have their last word. Borrowed by the lab, so it
/// is made before it and outlives it. One thread.
class JobWatcher final : public LabObserver {
 public:
  using JobEnded = std::function<void(JobId, const AttemptReport&)>;

  explicit JobWatcher(const asio::any_io_executor& executor) : changed_(executor) {}

  /// Called from now on for every job that has its last word, from the lab's thread; must not
  /// block.
  void on_job_ended(JobEnded listener) { on_job_ended_ = std::move(listener); }
  /// Returns when so many jobs have ended since this was made.
  Task<void> wait_for(std::size_t jobs);

  void job_started(JobId, AttemptId, std::chrono::nanoseconds) override {}
  void job_ended(JobId job, Verdict verdict, const std::string& reason,
                 const AttemptReport* report) override;
  void run_ended(RunId) override {}

 private:
  JobEnded on_job_ended_ = [](JobId, const AttemptReport&) {};
  std::size_t ended_ = 0;
  Signal changed_;
};

}  // namespace luolab
