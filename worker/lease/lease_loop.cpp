// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/lease_loop.h"

#include <algorithm>

#include "worker/lease/cancellation.h"
#include "worker/lease/unknown_instance.h"

namespace luolab {

LeaseLoop::LeaseLoop(asio::any_io_executor executor, LeaseLoopParts parts, LeaseLoopOptions options)
    : executor_(std::move(executor)),
      parts_(parts),
      options_(std::move(options)),
      changed_(executor_),
      services_(executor_),
      attempts_(executor_) {}

Task<Result<std::optional<AttemptReport>>> LeaseLoop::run() {
  for (const std::int64_t attempt : parts_.spool.finished()) {
    const auto spooled = parts_.spool.load(attempt);
    book_.adopt(attempt, spooled ? spooled->job_id : 0);
  }
  services_.spawn(serve(greet()));
  services_.spawn(serve(lease()));
  services_.spawn(serve(beat()));
  services_.spawn(serve(deliver_results()));
  std::exception_ptr interrupted;
  try {
    const std::function<bool()> is_over = [this] { return over(); };
    co_await until(is_over);
  } catch (const boost::system::system_error&) {
    interrupted = std::current_exception();
  }
  // A cancelled coroutine may await nothing more, unless it says that it has taken note.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  stopping_ = true;
  services_.cancel();
  co_await services_.join();
  for (const std::int64_t attempt : book_.held()) end_attempt(attempt, EndReason::stopped);
  co_await attempts_.join();
  if (interrupted) std::rethrow_exception(interrupted);
  if (broken_) std::rethrow_exception(broken_);
  if (refused_) co_return *refused_;
  Task<bool> farewell = say_farewell();
  co_await within(parts_.clock, options_.farewell, std::move(farewell));
  co_return only_report_;
}

void LeaseLoop::stop() {
  stopping_ = true;
  changed_.wake();
}

/// One of the loop's coroutines: being cancelled is its normal end; anything else ends the loop.
Task<void> LeaseLoop::serve(Task<void> service) {
  try {
    co_await std::move(service);
  } catch (const boost::system::system_error& error) {
    if (!is_cancellation(error)) broken_ = std::current_exception();
  } catch (...) {
    broken_ = std::current_exception();
  }
  if (broken_) changed_.wake();
}

Task<void> LeaseLoop::until(const std::function<bool()>& condition) {
  while (!condition()) co_await changed_.wait();
}

bool LeaseLoop::over() const {
  if (stopping_ || refused_ || broken_) return true;
  return only_report_ && book_.empty();
}

bool LeaseLoop::wants_work() const {
  if (!welcome_ || drain_ || stopping_ || (options_.once && only_attempt_)) return false;
  return book_.running() < options_.self.slots;
}

/// What failed is tried again after the pause, or never.
Task<void> LeaseLoop::failed(std::string_view call, const Error& error,
                             std::chrono::nanoseconds pause) {
  if (is_unknown_instance(error)) {
    welcome_.reset();
    changed_.wake();
  } else if (error.fault == Fault::scenario) {
    refused_ = error;
    changed_.wake();
    co_return;
  } else {
    parts_.observer.away(call, error, pause);
  }
  co_await parts_.clock.sleep(pause);
}

// Greeting: whenever the controller does not know this worker.

Task<void> LeaseLoop::greet() {
  Backoff backoff;
  const std::function<bool()> is_unknown = [this] {
    return (!welcome_ || hello_due_) && !refused_;
  };
  for (;;) {
    co_await until(is_unknown);
    hello_due_ = false;
    WorkerHello hello = options_.self;
    hello.attempts = book_.held();
    hello.builds = told_builds_ = parts_.runner.builds();
    hello.offline = told_offline_ = parts_.runner.offline();
    std::erase_if(hello.targets, [&](const std::string& name) {
      return std::ranges::find(told_offline_, name, &OfflineTarget::name) != told_offline_.end();
    });
    const std::chrono::nanoseconds sent = parts_.clock.now();
    const auto welcome = co_await parts_.api.hello(hello);
    if (!welcome) {
      // One that does not know whom it is greeted by gets no second hello at once.
      const Error error =
          is_unknown_instance(welcome.error()) ? lab_error(welcome.error().what) : welcome.error();
      co_await failed("hello", error, backoff.next());
      continue;
    }
    backoff.reset();
    for (const std::int64_t attempt : welcome->stale) end_attempt(attempt, EndReason::stale);
    welcome_ = *welcome;
    leased_until_ = sent + welcome->lease;
    greeted_ = true;
    parts_.observer.connected(*welcome);
    changed_.wake();
  }
}

// Leasing: one request at a time, while there is a free slot.

Task<void> LeaseLoop::lease() {
  Backoff backoff;
  bool forgotten = false;
  const std::function<bool()> has_room = [this] { return wants_work(); };
  for (;;) {
    co_await until(has_room);
    const LeaseRequest request{options_.self.instance, options_.lease_wait, book_.held()};
    auto grant = co_await parts_.api.lease(request);
    if (!grant) {
      // A controller that was started again gets a hello, and is asked at once; one that forgets
      // again and again is not.
      const bool first_time = is_unknown_instance(grant.error()) && !forgotten;
      forgotten = forgotten || first_time;
      const std::chrono::nanoseconds pause =
          first_time ? std::chrono::nanoseconds{0} : backoff.next();
      co_await failed("lease", grant.error(), pause);
      continue;
    }
    backoff.reset();
    forgotten = false;
    if (*grant && wants_work()) take_grant(std::move(**grant));
  }
}

void LeaseLoop::take_grant(LeaseGrant grant) {
  if (!book_.begin(grant.attempt, grant.job_id)) return;  // given again, but here already
  parts_.spool.begin(grant);
  if (options_.once) only_attempt_ = grant.attempt;
  parts_.observer.started(grant);
  attempts_.spawn(serve(supervise(std::move(grant))));
}

void LeaseLoop::look_again() {
  hello_due_ |= parts_.runner.builds() != told_builds_ || parts_.runner.offline() != told_offline_;
  changed_.wake();
}

// Heartbeats: one at once, so that the controller's orders are known early.

Task<void> LeaseLoop::beat() {
  Backoff backoff;
  const std::function<bool()> is_welcome = [this] { return welcome_.has_value(); };
  for (;;) {
    co_await until(is_welcome);
    const std::chrono::nanoseconds interval = welcome_->heartbeat;
    const Heartbeat heartbeat{options_.self.instance, book_.activities()};
    const std::chrono::nanoseconds sent = parts_.clock.now(), lease = welcome_->lease;
    const auto answer = co_await parts_.api.heartbeat(heartbeat);
    if (!answer) {
      // Never longer than the interval: the lease does not wait.
      const std::chrono::nanoseconds pause = backoff.next();
      co_await failed(
          "heartbeat", answer.error(),
          std::max<std::chrono::nanoseconds>(Backoff::kLeast, std::min(pause, interval)));
      continue;
    }
    backoff.reset();
    leased_until_ = sent + lease;
    obey(*answer);
    co_await parts_.clock.sleep(std::max<std::chrono::nanoseconds>(Backoff::kLeast, interval));
  }
}

void LeaseLoop::obey(const HeartbeatAnswer& answer) {
  for (const std::int64_t attempt : answer.cancel) end_attempt(attempt, EndReason::canceled);
  for (const std::int64_t attempt : answer.stale) end_attempt(attempt, EndReason::stale);
  if (answer.drain == drain_) return;
  drain_ = answer.drain;
  parts_.observer.draining(drain_);
  changed_.wake();
}

void LeaseLoop::end_attempt(std::int64_t attempt, EndReason reason) {
  const LeaseBook::Entry* const entry = book_.find(attempt);
  if (entry == nullptr) return;
  if (entry->state == HoldState::finished && reason == EndReason::stale) {
    forget(attempt);
  } else if (book_.ask_to_end(attempt, reason)) {
    parts_.observer.asked_to_end(attempt, reason);
  }
  changed_.wake();
}

void LeaseLoop::forget(std::int64_t attempt) {
  const LeaseBook::Entry* const entry = book_.find(attempt);
  const std::int64_t job_id = entry == nullptr ? 0 : entry->job_id;
  parts_.spool.remove(attempt);
  book_.erase(attempt);
  parts_.observer.delivered(attempt, job_id, Delivery::refused);
  changed_.wake();
}

}  // namespace luolab
