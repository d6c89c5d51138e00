// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include "core/base/unique_fd.h"
#include "core/http/client.h"
#include "core/http/server.h"

namespace luolab {

/// Longest wait for what must happen; reached only where the test fails.
constexpr std::chrono::seconds kPatience{20};

/// A server on a free port of 127.0.0.1, in a thread of its own. The destructor stops and joins it.
class LabServer {
 public:
  explicit LabServer(HttpHandler handler, HttpServerOptions options = {});
  ~LabServer();

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view scheme = "http") const;
  /// Cancels run(); does not wait.
  void stop();
  /// Whether run() returned within the patience.
  bool has_stopped();
  HttpServerStats stats();
  /// What was given to on_error so far.
  std::vector<std::string> errors();
  /// "GET /x 200", for every request so far.
  std::vector<std::string> exchanges();
  /// Waits until `condition` holds, looking after every turn of the server.
  bool reaches(const std::function<bool(const HttpServerStats&)>& condition);

 private:
  asio::io_context io_{1};
  asio::cancellation_signal cancelling_;
  std::mutex mutex_;
  std::vector<std::string> errors_;
  std::vector<std::string> exchanges_;
  std::optional<HttpServer> server_;
  std::uint16_t port_ = 0;
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

/// A socket that says what it is told and nothing else. Everything ends after the patience.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  void send(std::string_view bytes);
  /// Up to and with `end`, or what came until the server ended.
  std::string read_until(std::string_view end);
  /// One answer with Content-Length: head and content.
  std::string read_answer();
  /// All that comes until the server ends.
  std::string read_all() { return read_until({}); }
  /// Sends nothing more.
  void finish();
  void close() { socket_.reset(); }

 private:
  bool receive();
  UniqueFd socket_;
  std::string held_;
};

/// "200" of "HTTP/1.1 200 OK...".
std::string status_of(std::string_view answer);
/// What follows the head.
std::string content_of(std::string_view answer);

/// Runs one task on an io_context of its own, to its end.
template <class T>
T run_here(std::function<Task<T>(asio::any_io_executor)> make) {
  asio::io_context io;
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(io, make(io.get_executor()), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

/// A client's GET over a connection of its own.
Result<HttpReply> get(HttpClientOptions options, std::string target, HttpFields fields = {});

/// Certificates made by the openssl program, in a folder.
class LabCertificates {
 public:
  explicit LabCertificates(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// NAME.pem and NAME.key: a CA.
  void make_authority(const std::string& name);
  /// NAME.pem and NAME.key, signed by a CA; `names` as subjectAltName:
  /// "DNS:localhost,IP:127.0.0.1".
  void make(const std::string& name, const std::string& authority, const std::string& names);
  std::filesystem::path certificate(const std::string& name) const {
    return folder_ / (name + ".pem");
  }
  std::filesystem::path key(const std::string& name) const { return folder_ / (name + ".key"); }

 private:
  void openssl(std::vector<std::string> arguments);
  std::filesystem::path folder_;
};

}  // namespace luolab
