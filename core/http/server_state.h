// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <string>
#include <unordered_set>

#include "core/async/signal.h"
#include "core/http/server.h"

namespace luolab {

class Connection;

/// What a server's connections share. One thread.
struct ServerState {
  ServerState(const asio::any_io_executor& executor, HttpServerOptions server_options,
              HttpHandler server_handler)
      : options(std::move(server_options)), handler(std::move(server_handler)), ended(executor) {}

  void report(std::string_view what) const {
    if (options.on_error) options.on_error(what);
  }
  /// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second.
  const std::string& date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_of_) {
      std::tm parts{};
      ::gmtime_r(&now, &parts);
      char text[64];
      date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
      date_of_ = now;
    }
    return date_;
  }

  const HttpServerOptions options;
  const HttpHandler handler;
  HttpServerStats stats;
  std::unordered_set<Connection*> connections;  ///< each is there while its coroutine runs
  Signal ended;                                 ///< woken whenever a connection has ended
  bool stopping = false;

 private:
  std::string date_;
  std::time_t date_of_ = -1;
};

}  // namespace luolab
