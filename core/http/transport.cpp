// SPDX-License-Identifier: Apache-2.0
#include "core/http/transport.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace luolab {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::uint64_t kSendfileBytes = 1 << 20;

[[noreturn]] void fail(const boost::system::error_code& error) {
  throw boost::system::system_error(error);
}

[[noreturn]] void fail_errno() {
  fail(boost::system::error_code(errno, boost::system::system_category()));
}

/// Throws timed_out where `limit` passes first.
template <class T>
Task<T> in_time(std::chrono::nanoseconds limit, Task<T> task) {
  auto result = co_await within(limit, std::move(task));
  if (!result) fail(asio::error::timed_out);
  co_return std::move(*result);
}

std::size_t total(const Transport::Pieces& pieces) {
  std::size_t sum = 0;
  for (const std::string_view piece : pieces) sum += piece.size();
  return sum;
}

void drop(Transport::Pieces& pieces, std::size_t size) {
  for (std::string_view& piece : pieces) {
    const std::size_t taken = std::min(size, piece.size());
    piece.remove_prefix(taken);
    size -= taken;
  }
}

}  // namespace

Transport::Transport(Tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(Tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

namespace {

/// within() needs a value to tell a result from a limit that passed.
Task<bool> handshake(asio::ssl::stream<Transport::Tcp::socket&>& stream,
                     asio::ssl::stream_base::handshake_type type) {
  co_await stream.async_handshake(type, asio::use_awaitable);
  co_return true;
}

}  // namespace

Task<void> Transport::accept_tls(std::shared_ptr<asio::ssl::context> context,
                                 std::chrono::nanoseconds limit) {
  context_ = std::move(context);
  tls_ = std::make_unique<asio::ssl::stream<Tcp::socket&>>(socket_, *context_);
  co_await in_time(limit, handshake(*tls_, asio::ssl::stream_base::server));
}

Task<void> Transport::connect_tls(std::shared_ptr<asio::ssl::context> context, std::string host) {
  context_ = std::move(context);
  tls_ = std::make_unique<asio::ssl::stream<Tcp::socket&>>(socket_, *context_);
  boost::system::error_code no_address;
  asio::ip::make_address(host, no_address);
  if (no_address) {
    ::SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
    ::SSL_set1_host(tls_->native_handle(), host.c_str());
  } else {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(tls_->native_handle()), host.c_str());
  }
  co_await handshake(*tls_, asio::ssl::stream_base::client);
}

std::string Transport::certificate_problem() const {
  if (!tls_) return {};
  const long found = ::SSL_get_verify_result(tls_->native_handle());
  return found == X509_V_OK ? "" : ::X509_verify_cert_error_string(found);
}

Task<std::size_t> Transport::read_some(asio::mutable_buffer space) {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const std::size_t got = tls_ ? co_await tls_->async_read_some(space, token)
                               : co_await socket_.async_read_some(space, token);
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return 0;
  if (error) fail(error);
  co_return got;
}

namespace {

Task<bool> writable(Transport::Tcp::socket& socket) {
  co_await socket.async_wait(asio::socket_base::wait_write, asio::use_awaitable);
  co_return true;
}

Task<std::size_t> write_some_tls(asio::ssl::stream<Transport::Tcp::socket&>& stream,
                                 std::string_view bytes) {
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  co_return co_await stream.async_write_some(buffer, asio::use_awaitable);
}

}  // namespace

Task<void> Transport::wait_writable(std::chrono::nanoseconds limit) {
  co_await in_time(limit, writable(socket_));
}

Task<void> Transport::write_tls(std::string_view bytes, std::chrono::nanoseconds limit) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(co_await in_time(limit, write_some_tls(*tls_, piece)));
  }
}

Task<void> Transport::write(Pieces pieces, std::chrono::nanoseconds limit) {
  if (tls_) {
    if (total(pieces) <= kPieceBytes) {  // one record instead of three
      std::string joined;
      for (const std::string_view piece : pieces) joined += piece;
      co_await write_tls(joined, limit);
      co_return;
    }
    for (const std::string_view piece : pieces) co_await write_tls(piece, limit);
    co_return;
  }
  using Clock = std::chrono::steady_clock;
  Clock::time_point deadline{};
  std::size_t since_deadline = 0;
  while (total(pieces) > 0) {
    const std::array<asio::const_buffer, 3> buffers{
        asio::buffer(pieces[0]), asio::buffer(pieces[1]), asio::buffer(pieces[2])};
    boost::system::error_code error;
    const std::size_t sent = socket_.write_some(buffers, error);
    drop(pieces, sent);
    if (error && error != asio::error::would_block && error != asio::error::try_again) fail(error);
    if (total(pieces) == 0) break;
    since_deadline += sent;
    if (deadline == Clock::time_point{} || since_deadline >= kPieceBytes) {
      deadline = Clock::now() + limit;
      since_deadline = 0;
    }
    co_await wait_writable(deadline - Clock::now());
  }
}

Task<std::uint64_t> Transport::send_file_some(int file, std::uint64_t offset, std::uint64_t length,
                                              std::chrono::nanoseconds limit) {
  for (;;) {
    auto from = static_cast<off_t>(offset);
    const ssize_t sent = ::sendfile(socket_.native_handle(), file, &from,
                                    static_cast<std::size_t>(std::min(length, kSendfileBytes)));
    if (sent > 0) {
      // Others get their turn between two pieces of a large file.
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
      co_return static_cast<std::uint64_t>(sent);
    }
    if (sent == 0) fail(asio::error::eof);
    if (errno != EAGAIN && errno != EINTR) fail_errno();
    co_await wait_writable(limit);
  }
}

Task<void> Transport::write_file(int file, std::uint64_t offset, std::uint64_t length,
                                 std::chrono::nanoseconds limit) {
  std::string block;
  while (length > 0) {
    std::uint64_t sent = 0;
    if (tls_) {
      block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(length, kPieceBytes)));
      const ssize_t got = ::pread(file, block.data(), block.size(), static_cast<off_t>(offset));
      if (got < 0) fail_errno();
      if (got == 0) fail(asio::error::eof);
      sent = static_cast<std::uint64_t>(got);
      co_await write_tls(std::string_view(block).substr(0, sent), limit);
    } else {
      sent = co_await send_file_some(file, offset, length, limit);
    }
    offset += sent;
    length -= sent;
  }
}

namespace {

Task<bool> shut_down(asio::ssl::stream<Transport::Tcp::socket&>& stream) {
  boost::system::error_code ignored;
  co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  co_return true;
}

}  // namespace

Task<void> Transport::end_writing(std::chrono::nanoseconds limit) {
  if (tls_) co_await within(limit, shut_down(*tls_));
  boost::system::error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

void Transport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

bool Transport::stirred() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return !tls_;  // TLS has messages of its own
  return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace luolab
