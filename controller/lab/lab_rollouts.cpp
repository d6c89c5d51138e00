// SPDX-License-Identifier: Apache-2.0
// Rollouts: what the store decided about waves when a job ended, and pauses between waves.
#include "controller/lab/lab.h"

namespace luolab {

void Lab::take_step(const RolloutStep& step) {
  if (step.soak) soaks_[step.soak->rollout] = step.soak->due;
  for (const JobId job : step.stopped) {
    scheduler_.remove(job);
    held_.erase(job);
    job_is_over(job, Verdict::MISS, step.reason, nullptr);
  }
  for (const QueuedJob& job : step.released) {
    held_.erase(job.id);
    enqueue(job);
  }
}

void Lab::end_soaks(TimePoint time) {
  std::vector<RolloutSoak> over;
  for (const auto& [rollout, due] : soaks_) {
    if (due <= time) over.push_back({rollout, due});
  }
  for (const RolloutSoak& soak : over) {
    soaks_.erase(soak.rollout);
    spawn(end_soak(soak));
  }
}

Task<void> Lab::end_soak(RolloutSoak soak) {
  auto change = [id = soak.rollout](Store& store) { return store.end_soak(id); };
  RolloutStep step;
  try {
    step = co_await writer_.write(change);
  } catch (const SqliteError& error) {
    soaks_.emplace(soak.rollout, soak.due);  // with the next tick
    options_.on_trouble(error.what());
    co_return;
  }
  take_step(step);
}

}  // namespace luolab
