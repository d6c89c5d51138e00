// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/cancellation_signal.hpp>

#include "core/base/unique_fd.h"
#include "core/http/message_parser.h"
#include "core/http/read_buffer.h"
#include "core/http/request_check.h"
#include "core/http/server_state.h"
#include "core/http/transport.h"

namespace luolab {

/// One client's connection: reads requests, has them answered, one after the other.
/// A read is nearly always under way, also while a handler works: it brings the next request, or
/// tells that the client has gone, whereupon the handler is cancelled. Its callback shares
/// ownership.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerState> server, Transport::Tcp::socket socket);
  ~Connection();

  /// Until client or server ends it. Throws system_error where the connection broke.
  /// Spawn with `slot()`; terminal cancelling ends it at once.
  Task<void> serve();
  asio::cancellation_slot slot() { return cancelling_.slot(); }

  /// Ends now where nothing is on its way or where it could take for ever, otherwise after the
  /// answer.
  void stop();
  /// Ends now.
  void abort();
  void close() { transport_.close(); }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Input { bytes, ended, late };

  class ContentStream;

  /// A request as it grows.
  struct Incoming {
    Clock::time_point start = Clock::now();  ///< first byte
    HttpRequest request;
    Framing framing;
    int minor = 1;  ///< of its version, HTTP/1.minor
    std::unique_ptr<MessageParser> parser;
  };

  void start_read();
  void on_read(const boost::system::error_code& error, std::size_t size);
  Task<Input> wait_for_bytes(Clock::time_point deadline, std::size_t capacity);

  /// True where the connection goes on.
  Task<bool> serve_one();
  Task<std::optional<Refusal>> read_head(Incoming& incoming);
  Task<std::optional<std::size_t>> find_head(Incoming& incoming, std::optional<Refusal>& refusal);
  std::optional<Refusal> parse_head(Incoming& incoming, std::size_t size);
  Task<std::optional<Refusal>> read_body(Incoming& incoming);
  Task<HttpResponse> handle(HttpRequest& request);

  Task<bool> refuse(Incoming& incoming, const Refusal& refusal);
  Task<void> answer(Incoming& incoming, HttpResponse& response);
  UniqueFd prepare(const Incoming& incoming, HttpResponse& response, std::string& head);
  std::string make_head(const Incoming& incoming, const HttpResponse& response) const;
  Task<void> send_content(const Incoming& incoming, HttpResponse& response, int file,
                          const std::string& head);
  Task<void> send_stream(const Incoming& incoming, HttpResponse& response);
  void tell(const Incoming& incoming, int status) const;
  Task<void> linger();

  std::shared_ptr<ServerState> server_;
  Transport transport_;
  asio::cancellation_signal cancelling_;
  asio::steady_timer input_;  ///< deadline of a wait for input; cancelled when input is there
  ReadBuffer buffer_;
  std::string peer_;
  bool reading_ = false;          ///< a read is under way
  bool ended_ = false;            ///< the client sends nothing more
  bool idle_ = true;              ///< no byte of the next request has come
  bool watching_ = false;         ///< a handler or a stream waits: cancel it when the client goes
  bool endless_ = false;          ///< ... or when the server stops
  const bool* parked_ = nullptr;  ///< of the request that is being handled
  bool aborted_ = false;
  bool told_stop_ = false;        ///< the handler was cancelled because the server stops
  bool keep_ = true;              ///< goes on after this request
  bool refused_ = false;          ///< input was left unread
  std::uint64_t sent_bytes_ = 0;  ///< content of the answer on its way
};

}  // namespace luolab
