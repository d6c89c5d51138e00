// SPDX-License-Identifier: Apache-2.0
#include "cli/in_process_controller.h"

#include <system_error>

#include "core/base/file.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

/// The only worker of its lab: nobody's token, and refused only where it must say hello again.
constexpr TokenId kNobody{};

/// What the environment throws is the lab's trouble; being cancelled goes on as it is.
template <class T>
Task<Result<T>> guarded(Task<Result<T>> task) {
  try {
    co_return co_await std::move(task);
  } catch (const SqliteError& error) {
    co_return lab_error(error.what());
  } catch (const std::system_error& error) {
    co_return lab_error(error.what());
  }
}

Task<Result<WorkerWelcome>> greet(Lab& lab, WorkerHello hello) {
  const auto welcome = co_await lab.hello(kNobody, std::move(hello));
  if (!welcome) co_return bug_error("the lab does not take its own worker");
  co_return *welcome;
}

Result<LeaseGrant> grant_of(Grant&& grant) {
  auto job = from_json<Job>(grant.job_json);
  if (!job) return job.error();
  return LeaseGrant{
      grant.attempt,   grant.number,           grant.run, grant.job, grant.from_power_on,
      std::move(*job), std::move(grant.builds)};
}

Task<Result<std::optional<LeaseGrant>>> take_lease(Lab& lab, std::string worker,
                                                   LeaseRequest request) {
  auto grant = co_await lab.lease(kNobody, std::move(worker), std::move(request));
  if (!grant) co_return bug_error("the lab does not know its own worker");
  if (!*grant) co_return std::optional<LeaseGrant>();
  auto read = grant_of(std::move(**grant));
  if (!read) co_return read.error();
  co_return std::optional<LeaseGrant>(std::move(*read));
}

Task<Result<Delivery>> deliver(Lab& lab, AttemptId attempt, AttemptReport report) {
  co_return co_await lab.report(kNobody, attempt, std::move(report));
}

}  // namespace

Task<Result<WorkerWelcome>> InProcessController::hello(const WorkerHello& hello) {
  return guarded(greet(lab_, hello));
}

Task<Result<std::optional<LeaseGrant>>> InProcessController::lease(const LeaseRequest& request) {
  return guarded(take_lease(lab_, worker_, request));
}

Task<Result<HeartbeatAnswer>> InProcessController::heartbeat(const Heartbeat& heartbeat) {
  const auto answer = lab_.heartbeat(kNobody, worker_, heartbeat);
  if (!answer) co_return bug_error("the lab does not know its own worker");
  co_return *answer;
}

Task<Result<Delivery>> InProcessController::report(std::int64_t attempt,
                                                   const AttemptReport& report) {
  return guarded(deliver(lab_, AttemptId{attempt}, report));
}

Task<Result<ControllerApi::ConsoleTaken>> InProcessController::console(std::int64_t attempt,
                                                                       std::uint64_t offset,
                                                                       std::string_view bytes) {
  if (!lab_.holds(kNobody, AttemptId{attempt})) co_return ConsoleTaken{Delivery::refused, offset};
  try {
    co_return ConsoleTaken{Delivery::taken, consoles_.append(AttemptId{attempt}, offset, bytes)};
  } catch (const std::system_error& error) {
    co_return lab_error(error.what());
  }
}

Task<Result<Delivery>> InProcessController::put_artifact(std::int64_t,
                                                         const std::filesystem::path& file,
                                                         const std::string& sha256) {
  if (artifacts_.whole(sha256)) co_return Delivery::taken;
  try {
    artifacts_.put_file(file, sha256);
  } catch (const std::system_error& error) {
    co_return lab_error(error.what());
  }
  co_return Delivery::taken;
}

Task<Result<void>> InProcessController::get_artifact(const std::string& sha256,
                                                     const std::filesystem::path& file) {
  auto bytes = artifacts_.read(sha256);
  if (!bytes) co_return bytes.error();
  write_scratch_file(file, *bytes);
  co_return Result<void>();
}

/// Builds are in this machine's cache already.
Task<Result<void>> InProcessController::build_done(const std::string&, std::int64_t,
                                                   const std::string&, const std::string&) {
  co_return Result<void>();
}

}  // namespace luolab
