// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "core/async/signal.h"
#include "worker/lease/backoff.h"
#include "worker/lease/controller_api.h"
#include "worker/lease/file_piece.h"
#include "worker/lease/lease_clock.h"

namespace luolab {

/// Sends the console of a running attempt to the controller as it grows, for those who watch. What
/// it has not sent when the attempt ends is delivered with the results (delivery.h). Never in the
/// attempt's way: the file is read beside it. Borrows api and clock; one thread.
class ConsoleShipper {
 public:
  static constexpr std::chrono::milliseconds kPause{200};
  static constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

  ConsoleShipper(const asio::any_io_executor& executor, ControllerApi& api, LeaseClock& clock,
                 std::int64_t attempt)
      : api_(api), clock_(clock), attempt_(attempt), known_(executor) {}

  /// The console lies there, and only grows from now on. The file may be removed while it is open.
  /// Throws std::system_error where it can't be opened.
  void follow(const std::filesystem::path& console);

  /// Until it is cancelled, or the controller refuses (stale, or the worker itself).
  Task<void> run();

 private:
  /// One piece, where the file has grown. False: the controller wants no more.
  Task<bool> ship();

  ControllerApi& api_;
  LeaseClock& clock_;
  std::int64_t attempt_;
  Signal known_;  ///< of console_
  UniqueFd console_;
  std::uint64_t offset_ = 0;  ///< that the controller has acknowledged
  Backoff backoff_;
};

}  // namespace luolab
