// SPDX-License-Identifier: Apache-2.0
// The lease loop's attempts: each from its grant to a report in the spool.
#include "worker/lease/cancellation.h"
#include "worker/lease/console_shipper.h"
#include "worker/lease/lease_loop.h"

namespace luolab {
namespace {

using namespace asio::experimental::awaitable_operators;

/// A report of an attempt that came to no verdict of its own.
AttemptReport missed(const std::string& reason) {
  AttemptReport report;
  report.reason = reason;
  report.checks.push_back({-1, "lab", "worker", Verdict::MISS, reason});
  return report;
}

std::string reason_in_words(EndReason reason) {
  return reason == EndReason::canceled ? "canceled" : "the worker was stopped while this ran";
}

}  // namespace

/// How an attempt came to its end: with a report, with an exception, or cut off.
struct LeaseLoop::Ended {
  std::optional<AttemptReport> report;
};

Task<void> LeaseLoop::supervise(LeaseGrant grant) {
  const std::int64_t attempt = grant.attempt;
  AttemptReport report = co_await run_to_report(grant);
  if (only_attempt_ == attempt) only_report_ = report;
  if (book_.asked_to_end(attempt) == EndReason::stale) {
    forget(attempt);
    co_return;
  }
  parts_.spool.finish(attempt, report);
  parts_.observer.ended(grant, report);
  book_.move_to(attempt, HoldState::settling);
  if (!stopping_) {
    Task<bool> settling = parts_.runner.settle(attempt);
    co_await within(parts_.clock, options_.settle_time, std::move(settling));
  }
  book_.move_to(attempt, HoldState::finished);
  look_again();
}

/// The attempt with its console beside it, until its verdict or until it is asked to end.
Task<AttemptReport> LeaseLoop::run_to_report(const LeaseGrant& grant) {
  ConsoleShipper shipper(executor_, parts_.api, parts_.clock, grant.attempt);
  TaskGroup beside(executor_);
  beside.spawn(serve(shipper.run()));
  Task<Ended> running = guarded(grant, ties_of(grant, shipper));
  Task<bool> asked = asked_to_end(grant.attempt);
  auto first = co_await (std::move(running) || std::move(asked));
  beside.cancel();
  co_await beside.join();
  if (first.index() == 0 && std::get<0>(first).report) {
    co_return std::move(*std::get<0>(first).report);
  }
  AttemptReport report = missed(reason_in_words(book_.asked_to_end(grant.attempt)));
  report.worker = options_.self.name;
  co_return report;
}

Task<LeaseLoop::Ended> LeaseLoop::guarded(const LeaseGrant& grant, AttemptTies ties) {
  Ended ended;
  try {
    Task<AttemptReport> running = parts_.runner.run(grant, std::move(ties));
    ended.report = co_await std::move(running);
  } catch (const boost::system::system_error& error) {
    if (!is_cancellation(error)) ended.report = missed(error.what());
  } catch (const std::exception& error) {
    ended.report = missed(error.what());
  }
  co_return ended;
}

Task<bool> LeaseLoop::asked_to_end(std::int64_t attempt) {
  const std::function<bool()> asked = [this, attempt] {
    return book_.asked_to_end(attempt) != EndReason::none;
  };
  co_await until(asked);
  co_return true;
}

AttemptTies LeaseLoop::ties_of(const LeaseGrant& grant, ConsoleShipper& shipper) {
  const std::int64_t attempt = grant.attempt;
  return {.on_activity = [this, attempt](std::string_view what) { book_.tell(attempt, what); },
          .on_console =
              [this, attempt, &shipper](const std::filesystem::path& console) {
                parts_.spool.share_console(attempt, console);
                shipper.follow(console);
              },
          .ours = [this, attempt] { return is_ours(attempt); },
          .keep = [this, attempt](
                      const std::filesystem::path& file,
                      std::string_view name) { return parts_.spool.keep(attempt, file, name); }};
}

/// By the time when the request was sent whose answer renewed the lease.
bool LeaseLoop::is_ours(std::int64_t attempt) const {
  const LeaseBook::Entry* const entry = book_.find(attempt);
  return entry != nullptr && entry->asked_to_end != EndReason::stale &&
         parts_.clock.now() < leased_until_;
}

}  // namespace luolab
