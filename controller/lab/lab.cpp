// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/lab.h"

#include <stdexcept>

#include "db/event_writer.h"

namespace luolab {
namespace {

/// How often leases, queue timeouts and health checks are looked at.
constexpr std::chrono::milliseconds kTick{500};
/// How often signs of life of workers are written down.
constexpr std::chrono::seconds kSeenInterval{60};

}  // namespace

void throw_exception_from_error(WorkerRefusal, const boost::source_location&) {
  throw std::logic_error("a worker's call was refused");
}

Lab::Lab(asio::any_io_executor executor, StoreWriter& writer, ConsoleStore& consoles,
         LabOptions options, LabObserver* observer)
    : executor_(executor),
      writer_(writer),
      consoles_(consoles),
      options_(std::move(options)),
      observer_(observer),
      scheduler_(options_.scheduling),
      health_(options_.health),
      tasks_(executor) {}

Lab::~Lab() = default;

Task<void> Lab::run() {
  asio::steady_timer tick(executor_);
  TimePoint written = now();
  std::exception_ptr ended;
  try {
    for (;;) {
      tick.expires_after(kTick);
      co_await tick.async_wait(asio::use_awaitable);
      const TimePoint time = now();
      spawn(expire_waiting(time));
      spawn(expire_leases(time));
      end_soaks(time);
      for (const std::string& worker : health_.take_due(time)) spawn(start_health_check(worker));
      if (time - written > kSeenInterval) {
        written = time;
        spawn(write_seen());
      }
    }
  } catch (const boost::system::system_error&) {
    ended = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  tasks_.cancel();
  co_await tasks_.join();
  std::rethrow_exception(ended);
}

void Lab::spawn(Task<void> task) { tasks_.spawn(guard(std::move(task))); }

Task<void> Lab::guard(Task<void> task) {
  try {
    co_await std::move(task);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) options_.on_trouble(error.what());
  } catch (const std::exception& error) {
    options_.on_trouble(error.what());
  }
}

}  // namespace luolab
