// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/client.h"
#include "core/http/read_buffer.h"
#include "core/http/transport.h"
#include "core/http/url.h"

namespace luolab {

/// A request as a client sends it.
struct OutgoingRequest {
  std::string method;
  std::string target;
  HttpFields fields;
  std::string body;
};

/// How its answer is to be taken.
struct ReplyPlan {
  /// Once, when the head is there. Gives where the content of this reply goes; nothing: into its
  /// body.
  std::function<std::function<void(std::string_view)>(const HttpReply&)> choose_sink;
  std::uint64_t most_bytes = 0;  ///< of content in the body
  /// Longest wait for a byte.
  std::chrono::nanoseconds silence{};
};

/// What a client knows about its server, and the connection it has to it, if any.
/// What breaks is thrown as system_error or ReplyError; then `drop` it.
class ClientConnection {
 public:
  ClientConnection(asio::any_io_executor executor, HttpClientOptions options, ServerUrl url,
                   std::shared_ptr<asio::ssl::context> tls);

  /// The whole exchange, over the kept connection or a new one.
  Task<HttpReply> exchange(const OutgoingRequest& request, const ReplyPlan& plan);
  void drop() { transport_.reset(); }
  /// Why the last exchange failed, in words: server, reason and remedy.
  Error describe(const boost::system::error_code& error) const;
  Error describe(std::string_view reason) const;
  const HttpClientOptions& options() const { return options_; }

 private:
  Task<void> connect();
  Task<bool> open_socket(Transport::Tcp::socket& socket);
  Task<bool> secure();
  Task<HttpReply> attempt(const OutgoingRequest& request, const ReplyPlan& plan);
  std::string head_of(const OutgoingRequest& request) const;
  Task<void> fill(std::chrono::nanoseconds silence);

  asio::any_io_executor executor_;
  HttpClientOptions options_;
  ServerUrl url_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::optional<Transport> transport_;
  ReadBuffer buffer_;
  bool answered_ = false;  ///< a byte of the answer has come
  std::string certificate_problem_;
};

}  // namespace luolab
