// SPDX-License-Identifier: Apache-2.0
#include "core/http/client_connection.h"

#include <iterator>
#include <stdexcept>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>

#include "core/async/resolve.h"
#include "core/http/grammar.h"
#include "core/http/message_parser.h"

namespace luolab {
namespace {

using Tcp = asio::ip::tcp;

constexpr std::size_t kBufferBytes = 64 << 10;
constexpr std::size_t kHeadBytes = 64 << 10;

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

bool has_content(const OutgoingRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

[[noreturn]] void fail(const boost::system::error_code& error) {
  throw boost::system::system_error(error);
}

bool is_certificate_error(const boost::system::error_code& error) {
  return error.category() == asio::error::get_ssl_category();
}

}  // namespace

ClientConnection::ClientConnection(asio::any_io_executor executor, HttpClientOptions options,
                                   ServerUrl url, std::shared_ptr<asio::ssl::context> tls)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      url_(std::move(url)),
      tls_(std::move(tls)) {}

Task<bool> ClientConnection::open_socket(Tcp::socket& socket) {
  std::string host = url_.host;
  const Endpoints found = co_await resolve_host(std::move(host), url_.port);
  co_await asio::async_connect(socket, found, asio::use_awaitable);
  co_return true;
}

Task<bool> ClientConnection::secure() {
  boost::system::error_code failure;
  try {
    co_await transport_->connect_tls(tls_, url_.host);
  } catch (const boost::system::system_error& error) {
    failure = error.code();
  }
  if (!failure) co_return true;
  if (is_certificate_error(failure)) certificate_problem_ = transport_->certificate_problem();
  fail(failure);
}

Task<void> ClientConnection::connect() {
  buffer_ = ReadBuffer();
  Tcp::socket socket(executor_);
  const auto deadline = std::chrono::steady_clock::now() + options_.connect_time;
  const auto opened = co_await within(options_.connect_time, open_socket(socket));
  if (!opened) fail(asio::error::timed_out);
  transport_.emplace(std::move(socket));
  if (!tls_) co_return;
  const auto secured = co_await within(deadline - std::chrono::steady_clock::now(), secure());
  if (!secured) fail(asio::error::timed_out);
}

Task<HttpReply> ClientConnection::exchange(const OutgoingRequest& request, const ReplyPlan& plan) {
  certificate_problem_.clear();
  if (transport_ && transport_->stirred()) drop();
  const bool kept = transport_.has_value();
  if (!kept) co_await connect();
  bool again = false;
  HttpReply reply;
  try {
    reply = co_await attempt(request, plan);
  } catch (const boost::system::system_error& error) {
    again = kept && !answered_ && is_idempotent(request.method) &&
            error.code() != asio::error::operation_aborted &&
            error.code() != asio::error::timed_out;
    if (!again) throw;
  }
  if (again) {
    drop();
    co_await connect();
    reply = co_await attempt(request, plan);
  }
  co_return reply;
}

std::string ClientConnection::head_of(const OutgoingRequest& request) const {
  std::string head;
  const auto out = std::back_inserter(head);
  fmt::format_to(out, "{} {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: luolab\r\n", request.method,
                 url_.prefix, request.target, url_.authority());
  if (!options_.token.empty()) fmt::format_to(out, "Authorization: Bearer {}\r\n", options_.token);
  if (has_content(request)) fmt::format_to(out, "Content-Length: {}\r\n", request.body.size());
  for (const auto& [name, value] : request.fields.all()) {
    if (!is_token(name) || !is_field_content(value))
      throw std::invalid_argument(fmt::format("\"{}\" is no header field with a value", name));
    fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  head += "\r\n";
  return head;
}

namespace {

Task<std::size_t> read_some(Transport& transport, ReadBuffer& buffer) {
  co_return co_await transport.read_some(buffer.space());
}

}  // namespace

Task<void> ClientConnection::fill(std::chrono::nanoseconds silence) {
  buffer_.resize(kBufferBytes);
  if (buffer_.room() == 0) fail(asio::error::message_size);
  const auto got = co_await within(silence, read_some(*transport_, buffer_));
  if (!got) fail(asio::error::timed_out);
  if (*got == 0) fail(asio::error::eof);
  buffer_.commit(*got);
  answered_ = true;
}

Task<HttpReply> ClientConnection::attempt(const OutgoingRequest& request, const ReplyPlan& plan) {
  answered_ = false;
  const std::string head = head_of(request);
  const Transport::Pieces pieces{head, request.body};
  co_await transport_->write(pieces, plan.silence);

  HttpReply reply;
  std::function<void(std::string_view)> sink;
  const auto take = [&](std::string_view bytes) {
    if (sink) {
      sink(bytes);
    } else if (bytes.size() > plan.most_bytes - reply.body.size()) {
      throw std::length_error(
          fmt::format("the answer has more than the {} bytes allowed", plan.most_bytes));
    } else {
      reply.body += bytes;
    }
  };
  const auto kind = request.method == "HEAD" ? MessageParser::Kind::response_to_head
                                             : MessageParser::Kind::response;
  std::optional<MessageParser> parser;
  parser.emplace(kind, kHeadBytes, take);
  bool chosen = false;
  while (!parser->done()) {
    boost::system::error_code error;
    const std::size_t taken = parser->put(buffer_.bytes(), error);
    buffer_.consume(taken);
    if (error) fail(error);
    if (!chosen && parser->head_done()) {
      if (parser->status() < 200) {  // 100 Continue and its like
        parser.emplace(kind, kHeadBytes, take);
        continue;
      }
      chosen = true;
      reply.status = parser->status();
      reply.fields = parser->take_fields();
      if (plan.choose_sink) sink = plan.choose_sink(reply);
      continue;
    }
    if (parser->done() || (taken > 0 && !buffer_.bytes().empty())) continue;
    boost::system::error_code end;
    try {
      co_await fill(plan.silence);
    } catch (const boost::system::system_error& failure) {
      end = failure.code();
    }
    if (!end) continue;
    if (end != asio::error::eof || !chosen) fail(end);
    parser->put_end(end);  // content that lasts until the connection ends
    if (end) fail(asio::error::eof);
    break;
  }
  if (!parser->keep_alive()) drop();
  co_return reply;
}

Error ClientConnection::describe(std::string_view reason) const {
  return lab_error(fmt::format("{}: {}", url_.origin(), reason));
}

Error ClientConnection::describe(const boost::system::error_code& code) const {
  std::string reason = code.message();
  if (!certificate_problem_.empty()) {
    reason = fmt::format("its certificate is refused: {} ({})", certificate_problem_,
                         options_.ca_file.empty()
                             ? "trusted are the system's CAs; --ca-file names others"
                             : "trusted are the CAs of " + options_.ca_file.string());
  } else if (is_certificate_error(code)) {
    reason = fmt::format("TLS: {} (does the server speak TLS on this port?)", reason);
  } else if (code == asio::error::connection_refused) {
    reason += " (does the controller run, and on this port?)";
  } else if (code == asio::error::host_not_found || code == asio::error::host_not_found_try_again) {
    reason = fmt::format("\"{}\" is not known to this machine's resolver", url_.host);
  } else if (code == asio::error::timed_out) {
    reason = "no answer in time (is it reachable from here?)";
  } else if (code == asio::error::eof) {
    reason = "it ended the connection before its answer was complete";
    if (!url_.tls && !answered_) reason += " (does it want https?)";
  }
  Error error = describe(reason);
  error.code = code;
  return error;
}

}  // namespace luolab
