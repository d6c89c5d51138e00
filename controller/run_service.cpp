// SPDX-License-Identifier: Apache-2.0
#include "controller/run_service.h"

#include <unistd.h>

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
  const auto attempt = store_.begin_attempt(id, worker_name());
  if (!attempt) co_return;  // canceled while it was queued
  observer_.job_started(id, job);
  bool ended = false;
  try {
    std::function<void(std::string_view)> on_activity = [&](std::string_view activity) {
      observer_.job_activity(id, activity);
    };
    const AttemptReport report = co_await attempt_(job, std::move(on_activity));
    ended = true;
    store_.finish_attempt(*attempt, report);
    observer_.job_ended(id, job, report);
  } catch (const boost::system::system_error& error) {
    if (ended || error.code() != asio::error::operation_aborted) throw;
    store_.cancel_job(id, kInterrupted);
  }
}

}  // namespace luolab
