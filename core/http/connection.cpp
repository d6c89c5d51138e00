// SPDX-License-Identifier: Apache-2.0
#include "core/http/connection.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include "core/http/problem.h"
#include "core/http/target.h"
#include "core/http/tls.h"

namespace luolab {
namespace {

constexpr std::size_t kIdleBytes = 4 << 10;   // buffer of a connection that waits
constexpr std::size_t kBodyBytes = 64 << 10;  // and of one that uploads
constexpr std::size_t kReserveBytes = 1 << 20;
constexpr std::size_t kLingerBytes = 16 << 20;
constexpr std::chrono::seconds kShutdownTime{1};
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::chrono::seconds kHandshakeTime{10};

std::string address_of(const Transport::Tcp::socket& socket) {
  boost::system::error_code gone;
  const auto endpoint = socket.remote_endpoint(gone);
  return gone ? "" : endpoint.address().to_string();
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerState> server, Transport::Tcp::socket socket)
    : server_(std::move(server)),
      transport_(std::move(socket)),
      input_(transport_.socket().get_executor()),
      peer_(address_of(transport_.socket())) {
  ++server_->stats.connections;
}

Connection::~Connection() { --server_->stats.connections; }

Task<void> Connection::serve() {
  if (server_->options.tls) {
    const auto context = server_->options.tls->current();
    co_await transport_.accept_tls(context, kHandshakeTime);
  }
  while (co_await serve_one()) {
  }
  co_await linger();
}

Task<void> Connection::linger() {
  if (ended_) co_return;
  if (refused_ || server_->options.tls) co_await transport_.end_writing(kShutdownTime);
  // Closing with input unread would reset the connection, and the client might lose the answer.
  const Clock::time_point deadline = Clock::now() + kLingerTime;
  for (std::size_t left = kLingerBytes; refused_ && left > 0;) {
    const std::size_t size = buffer_.bytes().size();
    buffer_.consume(size);
    left -= std::min(left, size);
    if (co_await wait_for_bytes(deadline, kBodyBytes) != Input::bytes) break;
  }
}

void Connection::stop() {
  keep_ = false;
  if (watching_ && (endless_ || (parked_ != nullptr && *parked_))) {
    told_stop_ = true;
    cancelling_.emit(asio::cancellation_type::terminal);
  } else {
    input_.cancel();
  }
}

void Connection::abort() {
  aborted_ = true;
  cancelling_.emit(asio::cancellation_type::terminal);
  transport_.close();
}

void Connection::start_read() {
  if (reading_ || ended_ || buffer_.room() == 0) return;
  reading_ = true;
  transport_.async_read_some(
      buffer_.space(),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        self->on_read(error, size);
      });
}

void Connection::on_read(const boost::system::error_code& error, std::size_t size) {
  reading_ = false;
  buffer_.commit(size);
  if (error) ended_ = true;
  if (!watching_) {
    input_.cancel();
  } else if (ended_) {
    cancelling_.emit(asio::cancellation_type::terminal);
  } else {
    start_read();
  }
}

Task<Connection::Input> Connection::wait_for_bytes(Clock::time_point deadline,
                                                   std::size_t capacity) {
  if (!reading_ && !ended_) {
    buffer_.resize(capacity);
    start_read();
  }
  const std::size_t before = buffer_.bytes().size();
  while (reading_ && buffer_.bytes().size() == before) {
    if (server_->stopping && idle_) co_return Input::ended;
    boost::system::error_code woken;
    input_.expires_at(deadline);
    co_await input_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!woken && reading_) co_return Input::late;
  }
  co_return buffer_.bytes().size() > before ? Input::bytes : Input::ended;
}

Task<bool> Connection::serve_one() {
  Incoming incoming;
  sent_bytes_ = 0;
  std::optional<Refusal> refusal = co_await read_head(incoming);
  if (!refusal && !incoming.parser) co_return false;  // ended between two requests
  if (!refusal) refusal = co_await read_body(incoming);
  if (refusal) co_return co_await refuse(incoming, *refusal);
  incoming.parser.reset();
  ++server_->stats.requests;
  if (!incoming.framing.keep_alive) keep_ = false;
  HttpResponse response = co_await handle(incoming.request);
  co_await answer(incoming, response);
  co_return keep_;
}

Task<std::optional<std::size_t>> Connection::find_head(Incoming& incoming,
                                                       std::optional<Refusal>& refusal) {
  const HttpServerOptions& options = server_->options;
  const std::size_t most = options.header_bytes;
  Clock::time_point deadline = Clock::now() + options.idle_time;
  std::size_t from = 0;
  idle_ = true;
  for (;;) {
    while (from == 0 && buffer_.bytes().starts_with("\r\n")) buffer_.consume(2);
    const std::string_view bytes = buffer_.bytes();
    if (idle_ && !bytes.empty()) {
      idle_ = false;
      incoming.start = Clock::now();
      deadline = incoming.start + options.request_time;
    }
    const HeadEnd end = find_head_end(bytes, from);
    if (end.state == HeadEnd::State::bare_line_feed) refusal = malformed("a line ends without CR");
    if (end.state == HeadEnd::State::complete && end.size <= most) co_return end.size;
    if (!refusal && bytes.size() > most)
      refusal = Refusal{431, "head-too-large", fmt::format("request head over {} bytes", most)};
    if (refusal) co_return std::nullopt;
    from = bytes == "\r" ? 0 : end.size;
    const bool crowded = buffer_.room() == 0 || buffer_.capacity() > kIdleBytes;
    const std::size_t capacity = !idle_ && crowded ? most + kIdleBytes : kIdleBytes;
    const Input input = co_await wait_for_bytes(deadline, capacity);
    if (input == Input::late && !idle_)
      refusal = Refusal{408, "request-too-slow", "the request did not come in time"};
    if (input != Input::bytes) co_return std::nullopt;
  }
}

Task<std::optional<Refusal>> Connection::read_head(Incoming& incoming) {
  std::optional<Refusal> refusal;
  const std::optional<std::size_t> size = co_await find_head(incoming, refusal);
  if (!size) co_return refusal;
  incoming.parser = std::make_unique<MessageParser>(
      MessageParser::Kind::request, *size + 1,
      [&body = incoming.request.body](std::string_view bytes) { body += bytes; });
  co_return parse_head(incoming, *size);
}

std::optional<Refusal> Connection::parse_head(Incoming& incoming, std::size_t size) {
  const std::string_view head = buffer_.bytes().substr(0, size);
  if (auto refused = check_head_lines(head)) return refused;
  MessageParser& parser = *incoming.parser;
  boost::system::error_code error;
  parser.put(head, error);
  if (error || !parser.head_done()) return malformed("request head: " + error.message());
  buffer_.consume(size);

  HttpRequest& request = incoming.request;
  incoming.minor = parser.minor_version();
  request.method = parser.method();
  request.target = parser.target();
  request.fields = parser.take_fields();
  request.peer = peer_;
  Accepted<Framing> framing = check_fields(incoming.minor, request.fields);
  if (!framing) return framing.error();
  incoming.framing = *framing;
  Accepted<RequestTarget> target = parse_target(request.target);
  if (!target) return target.error();
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.head = request.method == "HEAD";
  if (request.head) request.method = "GET";
  return {};
}

Task<std::optional<Refusal>> Connection::read_body(Incoming& incoming) {
  HttpRequest& request = incoming.request;
  MessageParser& parser = *incoming.parser;
  const Framing& framing = incoming.framing;
  if (!framing.chunked && framing.content_length.value_or(0) == 0) co_return std::nullopt;
  const auto& limit_of = server_->options.body_limit;
  const std::uint64_t limit =
      limit_of ? limit_of(request.method, request.target) : std::uint64_t{1} << 20;
  const Refusal too_large{413, "content-too-large",
                          fmt::format("at most {} bytes of content are taken here", limit)};
  const std::uint64_t length = framing.content_length.value_or(0);
  if (length > limit) co_return too_large;
  parser.limit_content(limit);
  request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, kReserveBytes)));
  if (framing.expects_continue && buffer_.bytes().empty()) {
    const Transport::Pieces go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
    co_await transport_.write(go_on, server_->options.slow_client);
  }
  const Clock::time_point deadline = incoming.start + server_->options.request_time;
  for (;;) {
    boost::system::error_code error;
    buffer_.consume(parser.put(buffer_.bytes(), error));
    if (MessageParser::is_too_large(error)) co_return too_large;
    if (error) co_return malformed("content: " + error.message());
    if (parser.done()) co_return std::nullopt;
    if (buffer_.bytes().size() >= kBodyBytes) co_return malformed("content: endless chunk header");
    const Input input = co_await wait_for_bytes(deadline, kBodyBytes);
    if (input == Input::ended) co_return malformed("the request ended before its content did");
    if (input == Input::late)
      co_return Refusal{408, "request-too-slow", "the request's content did not come in time"};
  }
}

Task<HttpResponse> Connection::handle(HttpRequest& request) {
  if (buffer_.bytes().empty() && !reading_ && !ended_ && buffer_.capacity() > kIdleBytes)
    buffer_.resize(kIdleBytes);
  parked_ = &request.parked;
  watching_ = true;
  start_read();
  std::string failure;
  bool cancelled = false;
  HttpResponse response;
  try {
    response = co_await server_->handler(request);
  } catch (const boost::system::system_error& error) {
    cancelled =
        error.code() == asio::error::operation_aborted && (told_stop_ || ended_ || aborted_);
    failure = error.what();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  watching_ = false;
  parked_ = nullptr;
  if (told_stop_ && !aborted_) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  }
  if (cancelled) {
    if (ended_ || aborted_) throw boost::system::system_error(asio::error::operation_aborted);
    response = problem(503, "stopping", "Service Unavailable", "the server stops; try again");
    response.fields.add("Retry-After", "1");
  } else if (!failure.empty()) {
    server_->report(fmt::format("{} {}: {}", request.method, request.target, failure));
    response = problem(500, "internal", "Internal Server Error", "the server's log says why");
  }
  co_return response;
}

}  // namespace luolab
