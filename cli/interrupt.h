// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <exception>
#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "core/async/task.h"

namespace luolab {

/// Runs a coroutine to its end on `io`. Ctrl-C (SIGINT) or SIGTERM cancels it, once; it then has
/// its time to clean up. A second signal ends the process at once. What the coroutine throws is
/// thrown here, except that it was cancelled: then the result is empty.
template <class T>
std::optional<T> run_until_interrupted(asio::io_context& io, Task<T> task) {
  asio::signal_set signals(io, SIGINT, SIGTERM);
  asio::cancellation_signal stop;
  bool interrupted = false;
  signals.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    interrupted = true;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    signals.clear(error);
    stop.emit(asio::cancellation_type::terminal);
  });
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(task),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error, T value) {
                   failure = error;
                   if (!error) result.emplace(std::move(value));
                   signals.cancel();
                 }));
  io.run();
  if (interrupted) return std::nullopt;
  if (failure) std::rethrow_exception(failure);
  return result;
}

}  // namespace luolab
