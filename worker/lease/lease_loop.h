// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/signal.h"
#include "core/async/task_group.h"
#include "worker/lease/attempt_runner.h"
#include "worker/lease/backoff.h"
#include "worker/lease/controller_api.h"
#include "worker/lease/lease_book.h"
#include "worker/lease/lease_clock.h"
#include "worker/lease/lease_observer.h"
#include "worker/lease/spool.h"

namespace luolab {

class ConsoleShipper;

struct LeaseLoopOptions {
  WorkerHello self;   ///< attempts and builds are filled in
  bool once = false;  ///< ends after one attempt, when its results are delivered
  std::chrono::nanoseconds lease_wait = std::chrono::seconds{30};   ///< one long poll
  std::chrono::nanoseconds settle_time = std::chrono::seconds{60};  ///< AttemptRunner::settle
  std::chrono::nanoseconds farewell = std::chrono::seconds{5};      ///< deliveries at a stop
};

/// All of it is borrowed, and outlives the loop.
struct LeaseLoopParts {
  ControllerApi& api;
  Spool& spool;
  AttemptRunner& runner;
  LeaseClock& clock;
  LeaseObserver& observer;
};

/// What turns a process into a lab machine: asks for work while a slot is free, makes the attempts,
/// says that they live, obeys, and delivers what came out, as often as it takes. While the
/// controller is away, attempts run on and results wait in the spool. Once per object; one thread.
class LeaseLoop {
 public:
  LeaseLoop(asio::any_io_executor executor, LeaseLoopParts parts, LeaseLoopOptions options);

  /// Until `stop`, or the attempt of `once` is delivered: then its report. Fault::scenario where
  /// the controller refuses the worker itself. Throws where the disk refuses. Whatever ends it,
  /// attempts have ended before it returns, and their reports are in the spool.
  Task<Result<std::optional<AttemptReport>>> run();

  /// No more work; attempts are ended and reported as MISS; results are tried to be delivered once.
  void stop();

  /// What the runner says of builds and machines may have changed: the controller is told.
  void look_again();

  bool connected() const { return welcome_.has_value(); }

 private:
  struct Ended;
  Task<void> serve(Task<void> service);
  Task<void> until(const std::function<bool()>& condition);
  Task<void> greet();
  Task<void> lease();
  Task<void> beat();
  Task<void> deliver_results();

  void take_grant(LeaseGrant grant);
  Task<void> supervise(LeaseGrant grant);
  Task<AttemptReport> run_to_report(const LeaseGrant& grant);
  Task<Ended> guarded(const LeaseGrant& grant, AttemptTies ties);
  Task<bool> asked_to_end(std::int64_t attempt);
  AttemptTies ties_of(const LeaseGrant& grant, ConsoleShipper& shipper);
  bool is_ours(std::int64_t attempt) const;
  void obey(const HeartbeatAnswer& answer);
  void end_attempt(std::int64_t attempt, EndReason reason);
  void forget(std::int64_t attempt);
  Task<std::optional<Error>> try_delivery(std::int64_t attempt);
  void set_aside(std::int64_t attempt, const Error& error);
  Task<bool> say_farewell();
  Task<void> failed(std::string_view call, const Error& error, std::chrono::nanoseconds pause);
  bool wants_work() const;
  bool over() const;

  asio::any_io_executor executor_;
  LeaseLoopParts parts_;
  LeaseLoopOptions options_;
  LeaseBook book_;
  Signal changed_;  ///< of anything below, or of the book
  TaskGroup services_;
  TaskGroup attempts_;
  std::optional<WorkerWelcome> welcome_;
  std::chrono::nanoseconds leased_until_{};  ///< by the clock: what is held may be given to others
  bool greeted_ = false;                     ///< at least once
  bool hello_due_ = false;                   ///< something in it has changed
  std::vector<std::string> told_builds_;
  std::vector<OfflineTarget> told_offline_;
  bool drain_ = false;
  bool stopping_ = false;
  std::optional<std::int64_t> only_attempt_;  ///< of `once`
  std::optional<AttemptReport> only_report_;
  std::optional<Error> refused_;
  std::exception_ptr broken_;
};

}  // namespace luolab
