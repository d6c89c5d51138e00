// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "core/async/task.h"
#include "tests/bench/fleet/options.h"

namespace luolab::bench {

struct Reply {
  int status = 0;
  std::string body;
};

/// One kept connection to the controller, as lean as it gets: the simulator must cost less than
/// what it measures. Reads answers with Content-Length or none. One request at a time. What breaks
/// is thrown as system_error, and the next request connects anew.
class FleetConnection {
 public:
  FleetConnection(asio::any_io_executor executor, const FleetOptions& options);

  /// `fields` are further header lines, each with its line end.
  Task<Reply> exchange(std::string_view method, std::string_view target, std::string_view body,
                       std::string_view fields = "Content-Type: application/json\r\n");

 private:
  Task<void> connect();
  Task<Reply> read_reply();
  Task<void> read_more();

  asio::any_io_executor executor_;
  const FleetOptions& options_;
  std::optional<asio::ip::tcp::socket> socket_;
  std::string request_;
  std::string received_;
};

}  // namespace luolab::bench
