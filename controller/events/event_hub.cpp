// SPDX-License-Identifier: Apache-2.0
#include "controller/events/event_hub.h"

#include <algorithm>

namespace luolab {

void EventHub::publish(std::vector<EventRow> events) {
  if (events.empty()) return;
  for (EventRow& event : events) latest_.push_back(std::move(event));
  newest_ = latest_.back().seq;
  while (latest_.size() > kHeld) {
    oldest_held_ = latest_.front().seq + 1;
    latest_.pop_front();
  }
  changed_.wake();
}

std::optional<std::vector<EventRow>> EventHub::held(std::int64_t after, std::size_t limit) const {
  if (after + 1 < oldest_held_) return {};
  auto first = std::ranges::upper_bound(latest_, after, {}, &EventRow::seq);
  std::vector<EventRow> events;
  for (; first != latest_.end() && events.size() < limit; ++first) events.push_back(*first);
  return events;
}

Task<void> EventHub::wait_after(std::int64_t after) {
  while (newest_ <= after) co_await changed_.wait();
}

}  // namespace luolab
