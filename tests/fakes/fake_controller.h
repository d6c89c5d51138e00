// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/signal.h"
#include "worker/lease/controller_api.h"
#include "worker/lease/lease_clock.h"

namespace luolab {

/// What a controller knows: plain values, so that a test can keep how it was at any step.
struct FakeLab {
  struct Attempt {
    LeaseGrant grant;
    std::string instance;  ///< that has it
    bool cancel = false;
    bool stale = false;
    std::optional<AttemptReport> report;
    int reports_counted = 0;  ///< that changed something
    std::string console;
  };
  std::deque<LeaseGrant> queue;
  std::map<std::int64_t, Attempt> attempts;
  std::set<std::string> instances;
  std::map<std::string, std::string> artifacts;  ///< digest -> content
  std::map<std::string, std::string> builds;     ///< key -> digest of the archive
  std::map<std::string, std::string> build_failures;
  std::int64_t last_attempt = 0;
  bool drain = false;

  /// Queues a job; the number of its first attempt.
  std::int64_t submit(Job job, std::int64_t job_id);
  /// Takes what an instance has away from it, and queues it for others.
  void requeue(std::int64_t attempt);
};

/// A controller in memory that keeps the promises of ControllerApi, with a network that can be made
/// to fail. Borrows the clock; one thread.
class FakeController final : public ControllerApi {
 public:
  FakeController(const asio::any_io_executor& executor, LeaseClock& clock)
      : clock_(clock), changed_(executor) {}

  FakeLab lab;
  bool away = false;                    ///< every call fails, and has no effect
  std::map<std::string, int> losses;    ///< call -> so many have their effect, but no answer
  std::map<std::string, Error> refuse;  ///< call -> what it always answers
  std::vector<std::string> calls;       ///< names, in order
  std::vector<Heartbeat> heartbeats;
  std::vector<WorkerHello> hellos;
  /// Called when a call comes, and again when it has had its effect and is about to be answered.
  std::function<void()> on_step;

  /// For parked leases: something is new.
  void wake() { changed_.wake(); }
  int count(std::string_view call) const;

  Task<Result<WorkerWelcome>> hello(const WorkerHello& hello) override;
  Task<Result<std::optional<LeaseGrant>>> lease(const LeaseRequest& request) override;
  Task<Result<HeartbeatAnswer>> heartbeat(const Heartbeat& heartbeat) override;
  Task<Result<Delivery>> report(std::int64_t attempt, const AttemptReport& report) override;
  Task<Result<ConsoleTaken>> console(std::int64_t attempt, std::uint64_t offset,
                                     std::string_view bytes) override;
  Task<Result<Delivery>> put_artifact(std::int64_t attempt, const std::filesystem::path& file,
                                      const std::string& sha256) override;
  Task<Result<void>> get_artifact(const std::string& sha256,
                                  const std::filesystem::path& file) override;
  Task<Result<void>> build_done(const std::string& key, std::int64_t attempt,
                                const std::string& artifact, const std::string& failure) override;

 private:
  Task<bool> wait_for_work();
  std::optional<Error> arrives(const std::string& call);
  std::optional<Error> answers(const std::string& call);
  std::optional<LeaseGrant> grant_for(const LeaseRequest& request);

  LeaseClock& clock_;
  Signal changed_;
};

}  // namespace luolab
