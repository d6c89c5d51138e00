// SPDX-License-Identifier: Apache-2.0
#include "controller/run_service.h"

#include <unistd.h>

#include "controller/fork_confirmation.h"
#include "core/async/task_group.h"

namespace luolab {
namespace {

constexpr std::string_view kInterrupted = "interrupted before it ended";

std::string worker_name() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return host;
}

}  // namespace

Task<void> RunService::run(const CreatedRun& created, std::span<const Job> jobs,
                           std::size_t slots) {
  TaskGroup running(co_await asio::this_coro::executor);
  std::exception_ptr interrupted;
  try {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      co_await running.wait_below(slots);
      running.spawn(run_job(created.jobs[i], jobs[i]));
    }
  } catch (const boost::system::system_error&) {
    interrupted = std::current_exception();
    running.cancel();
  }
  // A cancelled coroutine may await nothing more, unless it says that it has taken note.
  if (interrupted) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await running.join();
  store_.finish_run(created.id);
  if (interrupted) std::rethrow_exception(interrupted);
}

Task<void> RunService::run_job(JobId id, const Job& job) {
  const auto first = store_.begin_attempt(id, worker_name());
  if (!first) co_return;  // canceled while it was queued
  observer_.job_started(id, job);
  try {
    std::function<void(AttemptReport&)> mark = mark_unconfirmed;
    AttemptReport report = co_await try_job(id, *first, job, std::move(mark));
    if (needs_confirmation(report)) {
      const auto second = store_.begin_attempt(id, worker_name());
      if (!second) co_return;
      observer_.job_activity(id, "failed in a fork: once more from power-on");
      Job from_power_on = job;
      from_power_on.fork = Fork::never;
      const AttemptReport forked = std::move(report);
      std::function<void(AttemptReport&)> compare = [&forked](AttemptReport& own) {
        compare_with_fork(own, forked);
      };
      report = co_await try_job(id, *second, from_power_on, std::move(compare));
    }
    observer_.job_ended(id, job, report);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
    store_.cancel_job(id, kInterrupted);
  }
}

Task<AttemptReport> RunService::try_job(JobId id, AttemptId attempt, const Job& job,
                                        std::function<void(AttemptReport&)> sum_up) {
  std::function<void(std::string_view)> on_activity = [this, id](std::string_view activity) {
    observer_.job_activity(id, activity);
  };
  AttemptReport report = co_await attempt_(job, std::move(on_activity));
  sum_up(report);
  store_.finish_attempt(attempt, report);
  co_return report;
}

}  // namespace luolab
