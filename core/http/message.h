// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/async/task.h"

namespace luolab {

/// Header fields in their order; names compare without case.
class HttpFields {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  /// The only value; empty where there is none. Where there are several, they are joined by ", ".
  std::string get(std::string_view name) const;
  bool has(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request that was read whole and found well-formed (see HttpServer for what is refused).
struct HttpRequest {
  std::string method;             ///< "GET"; also for HEAD, see `head`
  bool head = false;              ///< asked with HEAD: the answer's content is not sent
  std::string target;             ///< as it came: "/api/v1/jobs?verdict=FAIL"
  std::vector<std::string> path;  ///< decoded segments: {"api", "v1", "jobs"}
  std::multimap<std::string, std::string> query;  ///< decoded
  HttpFields fields;
  std::string body;
  std::string peer;  ///< address of the client, for logs
  /// Set by a handler that waits for something to happen: it is then cancelled, and its client
  /// answered with 503, as soon as the server stops, and not only after drain_time.
  bool parked = false;
};

/// Where a streaming answer is written to, in the server's thread.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  /// Sends one piece. Throws boost::system::system_error where the client is gone, or has not
  /// taken it within the server's limit for slow clients.
  virtual Task<void> write(std::string_view bytes) = 0;
};

/// What goes back. Exactly one of body, file and stream makes the content. The server adds
/// Content-Length or Transfer-Encoding, Connection and Date; such fields given here are ignored.
struct HttpResponse {
  int status = 200;
  HttpFields fields;
  std::string body;
  /// A stretch of a file, sent without being read into memory.
  struct FileRange {
    std::filesystem::path path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  std::optional<FileRange> file;
  /// Content of unknown length (chunked); ends when the coroutine does. Cancelled when the client
  /// goes or the server stops.
  std::function<Task<void>(HttpStream&)> stream;
};

}  // namespace luolab
