// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "core/async/task.h"

namespace luolab {

/// One TCP connection, with or without TLS. Owns the socket. Reads and writes may run at the same
/// time, one of each; from the executor's thread. Everything throws boost::system::system_error
/// (timed_out where a limit passed, operation_aborted where cancelled); after that only `close`.
class Transport {
 public:
  using Tcp = asio::ip::tcp;
  /// Written one after the other; the memory stays the caller's.
  using Pieces = std::array<std::string_view, 3>;

  explicit Transport(Tcp::socket socket);

  /// Makes it TLS before the first byte; both keep `context` alive.
  Task<void> accept_tls(std::shared_ptr<asio::ssl::context> context,
                        std::chrono::nanoseconds limit);
  /// Checks the certificate against `host`, a name or an address. A certificate that doesn't do
  /// is told by `certificate_problem`.
  Task<void> connect_tls(std::shared_ptr<asio::ssl::context> context, std::string host);
  /// "certificate has expired"; empty where there is none.
  std::string certificate_problem() const;

  /// handler(error, size). Keep `this` and the memory until then.
  template <class Handler>
  void async_read_some(asio::mutable_buffer space, Handler&& handler) {
    if (tls_) {
      tls_->async_read_some(space, std::forward<Handler>(handler));
    } else {
      socket_.async_read_some(space, std::forward<Handler>(handler));
    }
  }
  /// 0 where the other side has ended.
  Task<std::size_t> read_some(asio::mutable_buffer space);
  /// Every 64 KiB must be taken within `limit`.
  Task<void> write(Pieces pieces, std::chrono::nanoseconds limit);
  /// Sends a stretch of an open file (sendfile(2) without TLS). Throws where it has become shorter.
  Task<void> write_file(int file, std::uint64_t offset, std::uint64_t length,
                        std::chrono::nanoseconds limit);
  /// Tells the other side that nothing more comes; errors are of no interest any more.
  Task<void> end_writing(std::chrono::nanoseconds limit);
  void close();

  /// Whether the other side has ended or sent something while nothing was asked of it.
  bool stirred();
  Tcp::socket& socket() { return socket_; }

 private:
  Task<void> wait_writable(std::chrono::nanoseconds limit);
  Task<void> write_tls(std::string_view bytes, std::chrono::nanoseconds limit);
  Task<std::uint64_t> send_file_some(int file, std::uint64_t offset, std::uint64_t length,
                                     std::chrono::nanoseconds limit);

  Tcp::socket socket_;
  std::shared_ptr<asio::ssl::context> context_;
  std::unique_ptr<asio::ssl::stream<Tcp::socket&>> tls_;
};

}  // namespace luolab
