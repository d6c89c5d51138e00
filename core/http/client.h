// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/http/message.h"

namespace luolab {

struct HttpClientOptions {
  std::string url;    ///< "https://lab.example:7443"; a path in it is put before targets
  std::string token;  ///< sent as a bearer token; never in messages
  std::filesystem::path ca_file;          ///< PEM; empty: the system's
  std::chrono::seconds connect_time{10};  ///< for name, TCP and TLS together
  std::uint64_t most_reply_bytes = 64
                                   << 20;  ///< content of a reply held in memory; more is an error
};

struct HttpReply {
  int status = 0;
  HttpFields fields;
  std::string body;
};

/// Requests to one server over one connection that is kept and made anew where it broke (a request
/// that got no byte of an answer on a kept connection is sent once more if its method is
/// idempotent). One request at a time, from the executor's thread. Every wait has a deadline;
/// cancelling closes the connection. Checks the server's certificate and name.
class HttpClient {
 public:
  /// Fault::scenario where the URL or the CA file is no good.
  static Result<HttpClient> make(asio::any_io_executor executor, HttpClientOptions options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Any status is an answer. Fault::lab where there was none, with server and remedy.
  Task<Result<HttpReply>> send(std::string method, std::string target, HttpFields fields,
                               std::string body, std::chrono::nanoseconds limit);
  /// A streaming answer: `on_bytes` gets the content as it comes; the body of the reply is empty
  /// for a 2xx. Ends with the content, or with Fault::lab after `silence` without a byte.
  Task<Result<HttpReply>> stream(std::string target, HttpFields fields,
                                 std::function<void(std::string_view)> on_bytes,
                                 std::chrono::nanoseconds silence);
  /// GET into a file, which goes on at its end where it has bytes already (Range) and is begun anew
  /// where the server sends the whole. On an error what has come stays for the next try. The reply
  /// has no body for a 2xx. Fault::lab also where the file would get longer than `most_bytes`.
  Task<Result<HttpReply>> download(std::string target, HttpFields fields,
                                   std::filesystem::path file, std::uint64_t most_bytes,
                                   std::chrono::nanoseconds silence);

 private:
  struct Parts;
  explicit HttpClient(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace luolab
