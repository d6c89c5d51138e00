// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <boost/asio/local/datagram_protocol.hpp>

#include "core/async/task.h"
#include "core/base/unique_fd.h"
#include "worker/run/echo_log.h"

namespace luolab {

/// The outside client of the guest's echo service. Owns one end of a pair of sockets whose other
/// end stands for the cable of the guest's network device: no port, address or network of the host
/// is used, so jobs side by side can't meet. One thread.
class EchoProbe {
 public:
  /// `requests_per_second` > 0.
  EchoProbe(asio::any_io_executor executor, std::uint64_t requests_per_second);

  /// To be given to the machine, and closed once that has started.
  UniqueFd& machine_end() { return theirs_; }

  /// Asks and listens until it is cancelled.
  Task<void> run();

  const EchoLog& log() const { return log_; }

 private:
  Task<void> ask();
  Task<void> listen();

  asio::local::datagram_protocol::socket ours_;
  UniqueFd theirs_;
  std::chrono::nanoseconds interval_;
  EchoLog log_;
};

}  // namespace luolab
