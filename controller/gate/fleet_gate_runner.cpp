// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/fleet_gate_runner.h"

#include <algorithm>

#include <fmt/format.h>

#include "controller/gate/gate_storage.h"
#include "core/protocol/json.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

/// Between two looks at a run that goes on: events may come by the thousand.
constexpr std::chrono::milliseconds kLookPause{100};

Submission submission_of(GateStep step, GateId gate, const std::string& submitter, int priority) {
  Submission submission;
  submission.run.title = step.title;
  submission.run.submitter = submitter;
  submission.run.priority = priority;
  for (Job& job : step.jobs) {
    // One after the other on one worker: each worker can be asked for by name, by a job at a time.
    if (step.in_turn && !step.worker.empty()) job.target.name = worker_target(step.worker);
    submission.jobs.push_back(new_job(job, needs_of(job)));
  }
  const std::string key = fmt::format("{}/{}", id_text(gate), step.name);
  submission.idempotency = IdempotencyKey{TokenId{}, key, key};
  return submission;
}

}  // namespace

FleetGateRunner::FleetGateRunner(GateGround ground, GateId gate, std::string submitter,
                                 int priority)
    : ground_(std::move(ground)),
      gate_(gate),
      submitter_(std::move(submitter)),
      priority_(priority) {}

Task<RunId> FleetGateRunner::submit(GateStep step) {
  const std::string name = step.name;
  auto earlier = [gate = gate_, name](Store& store) { return store.gate_step(gate, name); };
  if (const auto run = co_await ground_.reader.read(earlier)) co_return *run;
  Submission submission = submission_of(std::move(step), gate_, submitter_, priority_);
  const Submitted submitted = co_await ground_.lab.submit(std::move(submission));
  auto note = [gate = gate_, name, run = submitted.run](Store& store) {
    if (!store.gate_step(gate, name)) store.note_gate_step(gate, name, run);
    return true;
  };
  co_await ground_.writer.write(note);
  co_return submitted.run;
}

Task<void> FleetGateRunner::wait_for(RunId run) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (;;) {
    const std::int64_t newest = ground_.events.newest();
    auto question = [run](Store& store) { return store.run_head(run); };
    const auto head = co_await ground_.reader.read(question);
    if (!head || head->summary.state == RunState::done) co_return;
    co_await ground_.events.wait_after(newest);
    pause.expires_after(kLookPause);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

Task<std::vector<GateResult>> FleetGateRunner::run(GateStep step) {
  const RunId run = co_await submit(std::move(step));
  co_await wait_for(run);
  auto question = [run](Store& store) { return luolab::results_of(store, run); };
  co_return co_await ground_.reader.read(question);
}

Task<std::optional<KnownResult>> FleetGateRunner::recall(std::string key) {
  auto question = [key](Store& store) { return recalled(store, key); };
  co_return co_await ground_.reader.read(question);
}

Task<void> FleetGateRunner::remember(std::string key, std::string job) {
  auto change = [key, job](Store& store) {
    luolab::remember(store, key, job);
    return true;
  };
  co_await ground_.writer.write(change);
}

Task<void> FleetGateRunner::publish(const GateReport& report) {
  auto change = [gate = gate_, progress = progress_of(report)](Store& store) {
    return store.save_gate(gate, progress);
  };
  co_await ground_.writer.write(change);
}

GateLab FleetGateRunner::lab() const { return {.version = ground_.version}; }

std::string FleetGateRunner::now() const { return time_text(luolab::now()); }

}  // namespace luolab
