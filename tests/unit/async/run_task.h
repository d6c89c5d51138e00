// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "core/async/task.h"

namespace luolab {

/// Runs one coroutine to its end on an io_context of its own and returns what it gives.
template <class T>
T run_task(asio::io_context& io, Task<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
  });
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

inline void run_task(asio::io_context& io, Task<void> task) {
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) { failure = error; });
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace luolab
