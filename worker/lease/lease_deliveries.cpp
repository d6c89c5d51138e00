// SPDX-License-Identifier: Apache-2.0
// The lease loop's deliveries: the oldest result first, until it is taken or refused.
#include "worker/lease/delivery.h"
#include "worker/lease/lease_loop.h"

namespace luolab {

Task<void> LeaseLoop::deliver_results() {
  Backoff backoff;
  const std::function<bool()> has_results = [this] {
    return welcome_ && !refused_ && book_.next_to_deliver();
  };
  for (;;) {
    co_await until(has_results);
    const auto trouble = co_await try_delivery(*book_.next_to_deliver());
    if (!trouble) {
      backoff.reset();
      continue;
    }
    co_await failed("report", *trouble, backoff.next());
  }
}

/// The error, where it is to be tried again.
Task<std::optional<Error>> LeaseLoop::try_delivery(std::int64_t attempt) {
  const auto spooled = parts_.spool.load(attempt);
  if (!spooled) {
    set_aside(attempt, spooled.error());
    co_return std::nullopt;
  }
  book_.move_to(attempt, HoldState::delivering);
  const auto delivery = co_await deliver(parts_.api, *spooled);
  if (!delivery && delivery.error().fault == Fault::bug) {
    set_aside(attempt, delivery.error());
    co_return std::nullopt;
  }
  if (!delivery) {
    book_.move_to(attempt, HoldState::finished);
    co_return delivery.error();
  }
  if (*delivery == Delivery::refused) {
    forget(attempt);
    co_return std::nullopt;
  }
  parts_.spool.remove(attempt);
  book_.erase(attempt);
  parts_.observer.delivered(attempt, spooled->job_id, Delivery::taken);
  changed_.wake();
  co_return std::nullopt;
}

void LeaseLoop::set_aside(std::int64_t attempt, const Error& error) {
  parts_.spool.set_aside(attempt);
  book_.erase(attempt);
  parts_.observer.set_aside(attempt, error);
  changed_.wake();
}

/// Each result once more, without waiting: the next start of the worker has the rest.
Task<bool> LeaseLoop::say_farewell() {
  for (const std::int64_t attempt : book_.in_state(HoldState::delivering)) {
    book_.move_to(attempt, HoldState::finished);
  }
  if (!greeted_) co_return false;
  for (const std::int64_t attempt : book_.in_state(HoldState::finished)) {
    const auto trouble = co_await try_delivery(attempt);
    if (trouble) co_return false;
  }
  co_return true;
}

}  // namespace luolab
