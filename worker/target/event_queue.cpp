// SPDX-License-Identifier: Apache-2.0
#include "worker/target/event_queue.h"

namespace luolab {
namespace {

constexpr std::size_t kMostEvents = 4096;

}  // namespace

EventQueue::EventQueue(asio::any_io_executor executor) : filled_(executor), drained_(executor) {}

Task<void> EventQueue::push(TargetEvent event) {
  while (events_.size() >= kMostEvents) co_await drained_.wait();
  events_.push_back(std::move(event));
  filled_.wake();
}

Task<TargetEvent> EventQueue::pop() {
  while (events_.empty()) co_await filled_.wait();
  TargetEvent event = std::move(events_.front());
  events_.pop_front();
  drained_.wake();
  co_return event;
}

}  // namespace luolab
