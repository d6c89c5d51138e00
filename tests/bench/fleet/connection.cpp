// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/connection.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace luolab::bench {
namespace {

constexpr std::size_t kPiece = 4096;

std::size_t number_after(std::string_view text, std::string_view label) {
  const auto at = text.find(label);
  std::size_t number = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + label.size(), text.data() + text.size(), number);
  return number;
}

/// Ends the connection unless it was used to the end: an answer that nobody reads must not be taken
/// for that to the next request.
class Exchange {
 public:
  explicit Exchange(std::optional<asio::ip::tcp::socket>& socket) : socket_(socket) {}
  Exchange(const Exchange&) = delete;
  ~Exchange() {
    if (!whole_) socket_.reset();
  }
  void whole() { whole_ = true; }

 private:
  std::optional<asio::ip::tcp::socket>& socket_;
  bool whole_ = false;
};

}  // namespace

FleetConnection::FleetConnection(asio::any_io_executor executor, const FleetOptions& options)
    : executor_(std::move(executor)), options_(options) {}

Task<Reply> FleetConnection::exchange(std::string_view method, std::string_view target,
                                      std::string_view body, std::string_view fields) {
  Exchange exchange(socket_);
  if (!socket_) co_await connect();
  request_ = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\n{}", method, target, options_.address,
                         options_.port, fields);
  if (!options_.token.empty()) request_ += "Authorization: Bearer " + options_.token + "\r\n";
  if (method != "GET") request_ += fmt::format("Content-Length: {}\r\n", body.size());
  request_.append("\r\n").append(body);
  const asio::const_buffer bytes = asio::buffer(request_);
  co_await asio::async_write(*socket_, bytes, asio::use_awaitable);
  Reply reply = co_await read_reply();
  exchange.whole();
  co_return reply;
}

Task<void> FleetConnection::connect() {
  received_.clear();
  socket_.emplace(executor_);
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(options_.address), options_.port);
  co_await socket_->async_connect(endpoint, asio::use_awaitable);
  socket_->set_option(asio::ip::tcp::no_delay(true));
}

Task<Reply> FleetConnection::read_reply() {
  std::size_t head = std::string::npos;
  while ((head = received_.find("\r\n\r\n")) == std::string::npos) co_await read_more();
  const std::string_view fields(received_.data(), head);
  const std::size_t status = number_after(fields, " ");
  const std::size_t length = number_after(fields, "\r\nContent-Length: ");
  while (received_.size() < head + 4 + length) co_await read_more();
  Reply reply{static_cast<int>(status), received_.substr(head + 4, length)};
  received_.erase(0, head + 4 + length);
  co_return reply;
}

Task<void> FleetConnection::read_more() {
  const std::size_t had = received_.size();
  received_.resize(had + kPiece);
  const asio::mutable_buffer room(received_.data() + had, kPiece);
  boost::system::error_code error;
  const std::size_t came =
      co_await socket_->async_read_some(room, asio::redirect_error(asio::use_awaitable, error));
  received_.resize(had + came);
  if (error) throw boost::system::system_error(error);
}

}  // namespace luolab::bench
