// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/http/message.h"

namespace luolab {

class TlsServerContext;

/// What became of one request, for logs and metrics.
struct HttpExchange {
  std::string_view method;  ///< as it came ("HEAD"); empty where the request was no HTTP
  std::string_view target;
  std::string_view peer;
  int status = 0;
  std::uint64_t sent_bytes = 0;  ///< content of the answer; what was sent of it
  std::chrono::nanoseconds
      duration;  ///< from the first byte of the request to the last of the answer
};

struct HttpServerOptions {
  std::size_t most_connections = 50'000;  ///< more wait in the backlog until one ends
  std::size_t header_bytes = 16 << 10;    ///< of one request; more is 431
  std::chrono::seconds request_time{30};  ///< from the first byte to the last; slower is 408
  std::chrono::seconds idle_time{120};    ///< between requests of one connection
  std::chrono::seconds slow_client{10};   ///< for one write to be taken
  std::chrono::seconds drain_time{5};     ///< after cancelling: for answers that are on their way
  /// Largest body in bytes that a request may have (more is 413), asked when its head was read.
  std::function<std::uint64_t(std::string_view method, std::string_view target)> body_limit;
  /// nullptr: plain HTTP.
  std::shared_ptr<TlsServerContext> tls;
  /// Whether answers are compressed where client and media type allow it (see compress.h).
  bool compress = true;
  /// After every answer, also of refused requests. The views live as long as the call.
  std::function<void(const HttpExchange&)> on_request;
  /// What went wrong here, in one line: a handler that threw, a file that can't be read, no more
  /// descriptors. Not what clients do wrong.
  std::function<void(std::string_view what)> on_error;
};

/// Answers one request. What it throws is answered with 500, without the text, and given to
/// on_error. Cancelled when the client goes while it waits (also when it only ends its sending
/// side), or when the server stops: after drain_time, at once where the handler has set `parked`.
using HttpHandler = std::function<Task<HttpResponse>(HttpRequest&)>;

struct HttpServerStats {
  std::uint64_t connections = 0;  ///< open now
  std::uint64_t requests = 0;     ///< since the start
  std::uint64_t refused = 0;      ///< malformed or over a limit
};

/// An HTTP/1.1 server (RFC 9112) on Boost.Beast. One thread: the executor's. Refuses what could be
/// understood in two ways: both Content-Length and Transfer-Encoding, several Content-Lengths,
/// folded or control characters in fields, no or several Host fields, a target with encoded
/// slashes, dot segments or invalid escapes (request_check.h and target.h are the list). Refusals
/// are problems (problem.h). Keep-alive and pipelining; answers HEAD by the handler's GET without
/// content. A handler that is busy stalls all connections: what blocks goes elsewhere (run_on).
class HttpServer {
 public:
  HttpServer(asio::any_io_executor executor, HttpServerOptions options, HttpHandler handler);
  ~HttpServer();

  /// Ignores SIGPIPE in this process where nobody has set it. Binds; the port where 0 was asked
  /// for. Fault::lab names address and reason (port in use ...).
  Result<std::uint16_t> listen(const std::string& address, std::uint16_t port);
  /// Serves until it is cancelled; then takes no more, ends what idles, streams or is parked, lets
  /// answers that are on their way end for drain_time, cancels those that have not, and returns
  /// when all have ended. Once.
  Task<void> run();
  HttpServerStats stats() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace luolab
