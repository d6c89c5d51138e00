// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "controller/scheduler/crowd.h"
#include "controller/scheduler/parts.h"
#include "controller/scheduler/unfit.h"

namespace luolab {
namespace {

std::string about(double seconds) {
  if (seconds < 90) return "about a minute";
  if (seconds < 90 * 60) return fmt::format("about {} minutes", std::lround(seconds / 60));
  if (seconds < 36 * 3600) return fmt::format("about {} hours", std::lround(seconds / 3600));
  return fmt::format("about {} days", std::lround(seconds / 86400));
}

/// "the worker that fits", "the 3 workers that fit".
std::string fitting(const std::vector<WorkerIndex>& workers) {
  if (workers.size() == 1) return "the 1 worker that fits";
  return fmt::format("the {} workers that fit", workers.size());
}

}  // namespace

std::optional<WhyWaiting> Scheduler::Parts::why_target(const Fit& fit) const {
  const auto target = targets.find(fit.target);
  if (target == targets.end()) return {};
  return WhyWaiting{"target-busy", fmt::format("target {} is in use by {}", fit.target,
                                               id_text(*target->second.begin()))};
}

std::optional<WhyWaiting> Scheduler::Parts::why_build(
    const BuildSet& set, const std::vector<WorkerIndex>& workers) const {
  for (const KeyIndex key : set.keys) {
    if (!builds.only_holders(key)) continue;
    const bool there = std::ranges::any_of(workers, [&](WorkerIndex worker) {
      return builds.has(worker, key) && pool.at(worker).free_slots() > 0;
    });
    if (there) continue;
    return WhyWaiting{"build",
                      fmt::format("waits for the build of {} by worker {}", builds.title(key),
                                  pool.at(builds.maker(key)->worker).name)};
  }
  return {};
}

WhyWaiting Scheduler::Parts::why_turn(const LaneJob& job, const std::vector<WorkerIndex>& workers,
                                      TimePoint now) const {
  const Crowd crowd = crowd_before(job, queue, pool, limits.ageing, now);
  std::uint64_t slots = 0;
  for (const WorkerIndex worker : workers) slots += pool.at(worker).hello.slots;
  if (crowd.ahead == 0 && !crowd.more) {
    const auto& reserved = job.lane->own_fit ? job.lane->reserved : job.lane->share->fit->reserved;
    const bool emptied = reserved && std::ranges::binary_search(workers, *reserved);
    if (!emptied) return {"next", fmt::format("it is next on {}", fitting(workers))};
    return {"next", fmt::format("it is next; worker {} is kept free until there is room for it",
                                pool.at(*reserved).name)};
  }
  std::string text =
      fmt::format("{}{} {} ahead of it on {}", crowd.more ? "more than " : "",
                  counted(crowd.ahead, "job"), crowd.ahead == 1 ? "is" : "are", fitting(workers));
  if (ended > 0 && !crowd.more) {
    const double rounds = static_cast<double>(crowd.ahead + 1) / static_cast<double>(slots);
    text += "; " + about(std::ceil(rounds) * mean_seconds);
  }
  return {"workers-busy", text};
}

WhyWaiting Scheduler::why(JobId id, Instant now) const {
  const Parts& parts = *parts_;
  if (const auto it = parts.running.find(id.value); it != parts.running.end()) {
    return {"not-waiting", fmt::format("{} runs on worker {}", id_text(id),
                                       parts.pool.at(it->second.worker).name)};
  }
  const LaneJob* job = parts.queue.find(id);
  if (job == nullptr) return {"not-waiting", fmt::format("{} does not wait", id_text(id))};
  const Share& share = *job->lane->share;
  const Fit& fit = job->lane->fit();
  const auto workers = candidates(fit, parts.pool, parts.choice);
  if (workers.empty()) return why_unfit(fit, parts.pool);
  if (const auto target = parts.why_target(fit)) return *target;
  if (parts.queue.at_limit(*share.submitter)) {
    const std::uint32_t count = share.submitter->usage.running();
    return {"submitter-limit",
            fmt::format("{} already runs {}, the limit of one submitter is {}",
                        share.submitter->name, counted(count, "job"), parts.limits.per_submitter)};
  }
  if (const auto build = parts.why_build(*job->lane->builds, workers)) return *build;
  return parts.why_turn(*job, workers, now);
}

}  // namespace luolab
