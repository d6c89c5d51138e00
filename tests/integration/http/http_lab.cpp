// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/http/http_lab.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <stdexcept>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/async/process.h"

namespace luolab {

LabServer::LabServer(HttpHandler handler, HttpServerOptions options) {
  options.on_error = [this](std::string_view what) {
    const std::lock_guard lock(mutex_);
    errors_.emplace_back(what);
  };
  options.on_request = [this](const HttpExchange& exchange) {
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(
        fmt::format("{} {} {}", exchange.method, exchange.target, exchange.status));
  };
  server_.emplace(io_.get_executor(), std::move(options), std::move(handler));
  const auto port = server_->listen("127.0.0.1", 0);
  if (!port) throw std::runtime_error(port.error().what);
  port_ = *port;
  const auto ended = [this](std::exception_ptr failure) {
    if (failure) {
      ended_.set_exception(failure);
    } else {
      ended_.set_value();
    }
  };
  asio::co_spawn(io_, server_->run(), asio::bind_cancellation_slot(cancelling_.slot(), ended));
  thread_ = std::thread([this] { io_.run(); });
}

LabServer::~LabServer() {
  stop();
  thread_.join();
}

std::string LabServer::url(std::string_view scheme) const {
  return fmt::format("{}://127.0.0.1:{}", scheme, port_);
}

void LabServer::stop() {
  asio::post(io_, [this] { cancelling_.emit(asio::cancellation_type::terminal); });
}

bool LabServer::has_stopped() { return end_.wait_for(kPatience) == std::future_status::ready; }

HttpServerStats LabServer::stats() {
  std::promise<HttpServerStats> answer;
  asio::post(io_, [&] { answer.set_value(server_->stats()); });
  return answer.get_future().get();
}

std::vector<std::string> LabServer::errors() {
  const std::lock_guard lock(mutex_);
  return errors_;
}

std::vector<std::string> LabServer::exchanges() {
  const std::lock_guard lock(mutex_);
  return exchanges_;
}

bool LabServer::reaches(const std::function<bool(const HttpServerStats&)>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition(stats())) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("connect failed");
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // refused already; the answer tells
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawClient::receive() {
  char block[16384];
  const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
  if (got < 0 && errno != ECONNRESET) ADD_FAILURE() << "nothing came: " << std::strerror(errno);
  if (got <= 0) return false;
  held_.append(block, static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_until(std::string_view end) {
  std::size_t at = std::string::npos;
  while (end.empty() || (at = held_.find(end)) == std::string::npos) {
    if (!receive()) return std::exchange(held_, {});
  }
  std::string taken = held_.substr(0, at + end.size());
  held_.erase(0, taken.size());
  return taken;
}

std::string RawClient::read_answer() {
  std::string answer = read_until("\r\n\r\n");
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = answer.find(kLength);
  const std::size_t length =
      at == std::string::npos ? 0 : std::stoul(answer.substr(at + kLength.size()));
  while (held_.size() < length && receive()) {
  }
  answer += held_.substr(0, length);
  held_.erase(0, length);
  return answer;
}

void RawClient::finish() { ::shutdown(socket_.get(), SHUT_WR); }

std::string status_of(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::string(answer.substr(9, 3)) : std::string(answer);
}

std::string content_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(answer.substr(end + 4));
}

Result<HttpReply> get(HttpClientOptions options, std::string target, HttpFields fields) {
  return run_here<Result<HttpReply>>(
      [&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
        auto client = HttpClient::make(executor, options);
        if (!client) co_return client.error();
        co_return co_await client->send("GET", target, fields, std::string(), kPatience);
      });
}

void LabCertificates::openssl(std::vector<std::string> arguments) {
  ProcessSpec spec;
  spec.program = "openssl";
  spec.arguments = std::move(arguments);
  spec.working_directory = folder_;
  const auto output =
      run_here<Result<ProcessOutput>>([&](asio::any_io_executor) { return run_process(spec); });
  if (!output) throw std::runtime_error(output.error().what);
  if (output->exit_code != 0) throw std::runtime_error("openssl: " + output->output);
}

void LabCertificates::make_authority(const std::string& name) {
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
           "-keyout", name + ".key", "-out", name + ".pem", "-days", "2", "-subj", "/CN=" + name});
}

void LabCertificates::make(const std::string& name, const std::string& authority,
                           const std::string& names) {
  openssl({"req",
           "-x509",
           "-newkey",
           "ec",
           "-pkeyopt",
           "ec_paramgen_curve:P-256",
           "-nodes",
           "-keyout",
           name + ".key",
           "-out",
           name + ".pem",
           "-days",
           "2",
           "-subj",
           "/CN=" + name,
           "-CA",
           authority + ".pem",
           "-CAkey",
           authority + ".key",
           "-addext",
           "basicConstraints=critical,CA:FALSE",
           "-addext",
           "subjectAltName=" + names});
}

}  // namespace luolab
