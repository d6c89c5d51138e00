// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <signal.h>

#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include "core/http/connection.h"

namespace luolab {
namespace {

using Tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kAcceptPause{100};

/// Out of descriptors or memory: passes when connections end.
bool is_shortage(const boost::system::error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_memory ||
         error == asio::error::no_buffer_space || error.value() == ENFILE;
}

void spawn(const std::shared_ptr<ServerState>& state, Tcp::socket socket) {
  const auto executor = socket.get_executor();
  auto connection = std::make_shared<Connection>(state, std::move(socket));
  state->connections.insert(connection.get());
  const auto ended = [state, connection](std::exception_ptr failure) {
    state->connections.erase(connection.get());
    connection->close();
    state->ended.wake();
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const boost::system::system_error&) {
      // The client has gone, or was too slow: its business.
    } catch (const std::exception& error) {
      state->report(fmt::format("connection: {}", error.what()));
    }
  };
  asio::co_spawn(executor, connection->serve(),
                 asio::bind_cancellation_slot(connection->slot(), ended));
}

Task<bool> all_ended(ServerState& state) {
  while (!state.connections.empty()) co_await state.ended.wait();
  co_return true;
}

/// For connections that change the set while they are told.
template <class Tell>
void tell_all(ServerState& state, Tell tell) {
  const std::vector<Connection*> now(state.connections.begin(), state.connections.end());
  for (Connection* connection : now) {
    if (state.connections.contains(connection)) tell(*connection);
  }
}

/// sendfile(2) has no MSG_NOSIGNAL: a client that goes would end the process.
void ignore_broken_pipes() {
  struct sigaction now {};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    ::signal(SIGPIPE, SIG_IGN);
  }
}

Error listen_error(const std::string& address, std::uint16_t port,
                   const boost::system::error_code& error) {
  std::string remedy;
  if (error == asio::error::address_in_use)
    remedy = " (another process listens there: ss -ltnp; choose another with --listen)";
  if (error == asio::error::access_denied) remedy = " (ports below 1024 need a privilege)";
  return {Fault::lab, error,
          fmt::format("listening on {} port {}: {}{}", address, port, error.message(), remedy)};
}

}  // namespace

struct HttpServer::Parts {
  Parts(const asio::any_io_executor& executor, HttpServerOptions options, HttpHandler handler)
      : acceptor(executor),
        state(std::make_shared<ServerState>(executor, std::move(options), std::move(handler))) {}

  Task<void> accept();

  Tcp::acceptor acceptor;
  std::shared_ptr<ServerState> state;
};

HttpServer::HttpServer(asio::any_io_executor executor, HttpServerOptions options,
                       HttpHandler handler)
    : parts_(std::make_shared<Parts>(executor, std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen(const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
  if (error) {
    return Error{Fault::scenario, error,
                 fmt::format("\"{}\" is no address to listen on (try 127.0.0.1 or ::)", address)};
  }
  ignore_broken_pipes();
  Tcp::acceptor& acceptor = parts_->acceptor;
  const Tcp::endpoint endpoint(ip, port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    return listen_error(address, port, error);
  }
  return acceptor.local_endpoint().port();
}

Task<void> HttpServer::Parts::accept() {
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    while (state->connections.size() >= state->options.most_connections) {
      co_await state->ended.wait();
    }
    boost::system::error_code error;
    Tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error) {
      spawn(state, std::move(socket));
    } else if (is_shortage(error)) {
      state->report(fmt::format("taking a connection: {}; going on in a moment", error.message()));
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
}

Task<void> HttpServer::run() {
  const std::shared_ptr<Parts> parts = parts_;
  ServerState& state = *parts->state;
  try {
    co_await parts->accept();
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  boost::system::error_code ignored;
  parts->acceptor.close(ignored);
  state.stopping = true;
  tell_all(state, [](Connection& connection) { connection.stop(); });
  const auto drained = co_await within(state.options.drain_time, all_ended(state));
  if (drained) co_return;
  tell_all(state, [](Connection& connection) { connection.abort(); });
  co_await all_ended(state);
}

HttpServerStats HttpServer::stats() const { return parts_->state->stats; }

}  // namespace luolab
