// SPDX-License-Identifier: Apache-2.0
// How a connection sends what a handler answered.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>

#include "core/http/compress.h"
#include "core/http/connection.h"
#include "core/http/problem.h"
#include "core/http/response_head.h"

namespace luolab {
namespace {

UniqueFd open_file(const HttpResponse::FileRange& range) {
  UniqueFd file(::open(range.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!file || ::fstat(file.get(), &facts) != 0) {
    throw std::system_error(errno, std::generic_category(), range.path.string());
  }
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (range.offset > size || range.length > size - range.offset) {
    throw std::runtime_error(fmt::format("{}: {} bytes from {} were to be sent, it has {}",
                                         range.path.string(), range.length, range.offset, size));
  }
  return file;
}

std::optional<std::uint64_t> length_of(const HttpResponse& response) {
  if (response.stream) return {};
  return response.file ? response.file->length : response.body.size();
}

/// Whether the other side or a deadline ended it, which is nobody's mistake here.
bool is_departure(const boost::system::error_code& error) {
  return error == asio::error::operation_aborted || error == asio::error::timed_out ||
         error == asio::error::broken_pipe || error == asio::error::connection_reset ||
         error == asio::error::eof || error.category() == asio::error::get_ssl_category();
}

}  // namespace

/// Writes one chunk after the other (RFC 9112, 7.1); to HTTP/1.0 the bytes as they are.
class Connection::ContentStream : public HttpStream {
 public:
  ContentStream(Connection& connection, bool chunked)
      : connection_(connection), chunked_(chunked) {}

  Task<void> write(std::string_view bytes) override {
    if (bytes.empty()) co_return;
    const std::string size = chunked_ ? fmt::format("{:x}\r\n", bytes.size()) : "";
    const Transport::Pieces pieces{size, bytes, chunked_ ? "\r\n" : ""};
    co_await connection_.transport_.write(pieces, connection_.server_->options.slow_client);
    connection_.sent_bytes_ += bytes.size();
  }

 private:
  Connection& connection_;
  bool chunked_;
};

Task<bool> Connection::refuse(Incoming& incoming, const Refusal& refusal) {
  ++server_->stats.refused;
  refused_ = true;
  keep_ = false;
  HttpResponse response =
      problem(refusal.status, refusal.type, reason_of(refusal.status), refusal.why);
  co_await answer(incoming, response);
  co_return false;
}

Task<void> Connection::answer(Incoming& incoming, HttpResponse& response) {
  if (server_->options.compress) compress_answer(incoming.request, response);
  std::string head;
  const UniqueFd file = prepare(incoming, response, head);
  try {
    co_await send_content(incoming, response, file.get(), head);
  } catch (...) {
    tell(incoming, response.status);
    throw;
  }
  tell(incoming, response.status);
}

std::string Connection::make_head(const Incoming& incoming, const HttpResponse& response) const {
  return response_head(response, {incoming.minor, keep_, length_of(response), server_->date()});
}

/// Whatever can fail here does so before the first byte is sent: then the answer is a 500.
UniqueFd Connection::prepare(const Incoming& incoming, HttpResponse& response, std::string& head) {
  if (response.stream && incoming.minor == 0) keep_ = false;  // its end is the connection's
  try {
    UniqueFd file = response.file ? open_file(*response.file) : UniqueFd();
    head = make_head(incoming, response);
    return file;
  } catch (const std::exception& error) {
    server_->report(
        fmt::format("{} {}: {}", incoming.request.method, incoming.request.target, error.what()));
    response = problem(500, "internal", reason_of(500), "the server's log says why");
    head = make_head(incoming, response);
    return {};
  }
}

Task<void> Connection::send_content(const Incoming& incoming, HttpResponse& response, int file,
                                    const std::string& head) {
  const auto limit = server_->options.slow_client;
  const bool bare = incoming.request.head || !may_have_content(response.status);
  if (bare || response.stream || response.file) {
    const Transport::Pieces pieces{head};
    co_await transport_.write(pieces, limit);
    if (bare) co_return;
    if (response.stream) {
      co_await send_stream(incoming, response);
    } else {
      co_await transport_.write_file(file, response.file->offset, response.file->length, limit);
      sent_bytes_ = response.file->length;
    }
  } else {
    const Transport::Pieces pieces{head, response.body};
    co_await transport_.write(pieces, limit);
    sent_bytes_ = response.body.size();
  }
}

Task<void> Connection::send_stream(const Incoming& incoming, HttpResponse& response) {
  if (server_->stopping) throw boost::system::system_error(asio::error::operation_aborted);
  const bool chunked = incoming.minor >= 1;
  ContentStream stream(*this, chunked);
  watching_ = endless_ = true;
  start_read();
  std::string failure;
  try {
    co_await response.stream(stream);
  } catch (const boost::system::system_error& error) {
    if (is_departure(error.code())) throw;
    failure = error.what();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  watching_ = endless_ = false;
  if (!failure.empty()) {
    server_->report(fmt::format("{} {}: while streaming: {}", incoming.request.method,
                                incoming.request.target, failure));
    throw boost::system::system_error(asio::error::connection_aborted);  // without the last chunk
  }
  const Transport::Pieces end{chunked ? "0\r\n\r\n" : ""};
  co_await transport_.write(end, server_->options.slow_client);
}

void Connection::tell(const Incoming& incoming, int status) const {
  if (!server_->options.on_request) return;
  HttpExchange exchange;
  exchange.method = incoming.request.head ? "HEAD" : std::string_view(incoming.request.method);
  exchange.target = incoming.request.target;
  exchange.peer = peer_;
  exchange.status = status;
  exchange.sent_bytes = sent_bytes_;
  exchange.duration = Clock::now() - incoming.start;
  server_->options.on_request(exchange);
}

}  // namespace luolab
