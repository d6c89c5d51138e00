// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "core/async/signal.h"
#include "core/http/client.h"

namespace luolab {

/// One connection to the controller for one kind of request: those wait for each other, and not for
/// the other kinds. After an answer that says Retry-After, the next request waits as long, at most
/// 30 s. One thread.
class HttpLane {
 public:
  HttpLane(asio::any_io_executor executor, HttpClient client);

  /// As HttpClient::send, in its turn. Any status is an answer.
  Task<Result<HttpReply>> send(std::string method, std::string target, HttpFields fields,
                               std::string body, std::chrono::nanoseconds limit);
  /// As HttpClient::download, in its turn.
  Task<Result<HttpReply>> download(std::string target, std::filesystem::path file,
                                   std::uint64_t most_bytes, std::chrono::nanoseconds silence);

 private:
  class Turn;
  Task<void> wait_for_turn();
  void heed(const Result<HttpReply>& reply);

  HttpClient client_;
  Signal freed_;
  bool busy_ = false;
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace luolab
