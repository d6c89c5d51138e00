// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_controller.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "worker/lease/unknown_instance.h"

namespace luolab {
namespace {

bool contains(const std::vector<std::int64_t>& numbers, std::int64_t number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

}  // namespace

std::int64_t FakeLab::submit(Job job, std::int64_t job_id) {
  LeaseGrant grant;
  grant.attempt = ++last_attempt;
  grant.job_id = job_id;
  grant.job = std::move(job);
  queue.push_back(grant);
  return grant.attempt;
}

void FakeLab::requeue(std::int64_t attempt) {
  Attempt& lost = attempts.at(attempt);
  lost.stale = true;
  LeaseGrant again = lost.grant;
  again.attempt = ++last_attempt;
  ++again.number;
  queue.push_back(std::move(again));
}

std::optional<Error> FakeController::arrives(const std::string& call) {
  calls.push_back(call);
  if (on_step) on_step();
  if (away) return lab_error("the controller can't be reached");
  if (const auto found = refuse.find(call); found != refuse.end()) return found->second;
  return std::nullopt;
}

std::optional<Error> FakeController::answers(const std::string& call) {
  if (on_step) on_step();
  int& lost = losses[call];
  if (lost == 0) return std::nullopt;
  --lost;
  return lab_error("the answer got lost");
}

int FakeController::count(std::string_view call) const {
  return static_cast<int>(std::ranges::count(calls, call));
}

Task<Result<WorkerWelcome>> FakeController::hello(const WorkerHello& hello) {
  if (const auto error = arrives("hello")) co_return *error;
  hellos.push_back(hello);
  lab.instances = {hello.instance};
  WorkerWelcome welcome{std::chrono::seconds{10}, std::chrono::seconds{60}, {}};
  std::vector<std::int64_t> lost;
  for (auto& [number, attempt] : lab.attempts) {
    if (attempt.report || attempt.stale) continue;
    if (contains(hello.attempts, number)) attempt.instance = hello.instance;
    if (attempt.instance != hello.instance) lost.push_back(number);
  }
  for (const std::int64_t number : lost) lab.requeue(number);
  for (const std::int64_t number : hello.attempts) {
    const auto found = lab.attempts.find(number);
    if (found == lab.attempts.end() || found->second.stale) welcome.stale.push_back(number);
  }
  if (const auto error = answers("hello")) co_return *error;
  co_return welcome;
}

std::optional<LeaseGrant> FakeController::grant_for(const LeaseRequest& request) {
  for (const auto& [number, attempt] : lab.attempts) {
    if (attempt.instance == request.instance && !attempt.report && !attempt.stale &&
        !contains(request.held, number)) {
      return attempt.grant;
    }
  }
  if (lab.queue.empty() || lab.drain) return std::nullopt;
  LeaseGrant grant = std::move(lab.queue.front());
  lab.queue.pop_front();
  FakeLab::Attempt& attempt = lab.attempts[grant.attempt];
  attempt.grant = grant;
  attempt.instance = request.instance;
  return grant;
}

Task<bool> FakeController::wait_for_work() {
  co_await changed_.wait();
  co_return true;
}

Task<Result<std::optional<LeaseGrant>>> FakeController::lease(const LeaseRequest& request) {
  if (const auto error = arrives("lease")) co_return *error;
  if (!lab.instances.contains(request.instance)) co_return unknown_instance_error("who?");
  std::optional<LeaseGrant> grant = grant_for(request);
  if (!grant) {
    Task<bool> work = wait_for_work();
    co_await within(clock_, request.wait, std::move(work));
    if (away) co_return lab_error("the controller went away");
    if (!lab.instances.contains(request.instance)) co_return unknown_instance_error("who?");
    grant = grant_for(request);
  }
  if (const auto error = answers("lease")) co_return *error;
  co_return grant;
}

Task<Result<HeartbeatAnswer>> FakeController::heartbeat(const Heartbeat& heartbeat) {
  if (const auto error = arrives("heartbeat")) co_return *error;
  if (!lab.instances.contains(heartbeat.instance)) co_return unknown_instance_error("who?");
  heartbeats.push_back(heartbeat);
  HeartbeatAnswer answer;
  answer.drain = lab.drain;
  for (const AttemptActivity& held : heartbeat.attempts) {
    const auto found = lab.attempts.find(held.attempt);
    if (found == lab.attempts.end() || found->second.stale) {
      answer.stale.push_back(held.attempt);
    } else if (found->second.cancel) {
      answer.cancel.push_back(held.attempt);
    }
  }
  if (const auto error = answers("heartbeat")) co_return *error;
  co_return answer;
}

Task<Result<Delivery>> FakeController::report(std::int64_t attempt, const AttemptReport& report) {
  if (const auto error = arrives("report")) co_return *error;
  const auto found = lab.attempts.find(attempt);
  if (found == lab.attempts.end() || found->second.stale) co_return Delivery::refused;
  for (const Artifact& artifact : report.artifacts) {
    if (!lab.artifacts.contains(artifact.sha256)) co_return bug_error("an artifact is missing");
  }
  if (!found->second.report) {
    found->second.report = report;
    ++found->second.reports_counted;
  }
  if (const auto error = answers("report")) co_return *error;
  co_return Delivery::taken;
}

Task<Result<FakeController::ConsoleTaken>> FakeController::console(std::int64_t attempt,
                                                                   std::uint64_t offset,
                                                                   std::string_view bytes) {
  if (const auto error = arrives("console")) co_return *error;
  const auto found = lab.attempts.find(attempt);
  if (found == lab.attempts.end() || found->second.stale) {
    co_return ConsoleTaken{Delivery::refused, 0};
  }
  std::string& there = found->second.console;
  if (offset <= there.size() && offset + bytes.size() > there.size()) {
    there += bytes.substr(there.size() - offset);
  }
  const ConsoleTaken taken{Delivery::taken, there.size()};
  if (const auto error = answers("console")) co_return *error;
  co_return taken;
}

Task<Result<Delivery>> FakeController::put_artifact(std::int64_t attempt,
                                                    const std::filesystem::path& file,
                                                    const std::string& sha256) {
  if (const auto error = arrives("put_artifact")) co_return *error;
  const auto holder = lab.attempts.find(attempt);
  if (holder == lab.attempts.end() || holder->second.stale) co_return Delivery::refused;
  const auto content = read_file(file);
  if (!content || sha256_of(*content) != sha256) co_return bug_error("wrong content");
  lab.artifacts[sha256] = *content;
  if (const auto error = answers("put_artifact")) co_return *error;
  co_return Delivery::taken;
}

Task<Result<void>> FakeController::get_artifact(const std::string& sha256,
                                                const std::filesystem::path& file) {
  if (const auto error = arrives("get_artifact")) co_return *error;
  const auto found = lab.artifacts.find(sha256);
  if (found == lab.artifacts.end()) co_return lab_error("no such artifact");
  write_scratch_file(file, found->second);
  if (const auto error = answers("get_artifact")) co_return *error;
  co_return Result<void>();
}

Task<Result<void>> FakeController::build_done(const std::string& key, std::int64_t,
                                              const std::string& artifact,
                                              const std::string& failure) {
  if (const auto error = arrives("build_done")) co_return *error;
  if (failure.empty()) {
    lab.builds[key] = artifact;
  } else {
    lab.build_failures[key] = failure;
  }
  if (const auto error = answers("build_done")) co_return *error;
  co_return Result<void>();
}

}  // namespace luolab
