// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/value.hpp>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/http/client.h"

namespace luolab {

/// Which controller a command talks to. Flags win over LUOLAB_CONTROLLER and LUOLAB_TOKEN_FILE.
struct ServiceFlags {
  std::string controller;
  std::string token_file;
  std::string ca_file;
};

/// Adds --controller, --token-file and --ca-file.
std::vector<CLI::Option*> add_service_flags(CLI::App& command, ServiceFlags& flags);

struct ServiceRequest {
  std::string method = "GET";
  std::string target;
  std::string body;
  std::string content_type;
  HttpFields fields;
};

/// A GET. Requests are made before they are awaited: GCC 12 breaks braces within co_await.
ServiceRequest get_request(std::string target);

/// A controller's API for the commands of a client. One request at a time; one thread.
class ServiceClient {
 public:
  /// Fault::scenario where the flags are no good.
  static Result<ServiceClient> make(asio::any_io_executor executor, const ServiceFlags& flags);

  /// The JSON of a 2xx answer (null where it has none). A problem becomes Fault::scenario where the
  /// request was wrong (4xx), with all that the controller says, line by line, else Fault::lab.
  Task<Result<boost::json::value>> ask(ServiceRequest request);
  /// A file of the API, to `file`; what was begun there before is gone on with. Errors as above.
  Task<Result<void>> download(std::string target, std::filesystem::path file,
                              std::uint64_t most_bytes);
  /// A server's events from `after` on, each given as JSON with its number, until `on_event` says
  /// false or it is cancelled. Reconnects by itself and misses none; `on_away` is told why,
  /// whenever the controller begins to be out of reach.
  Task<Result<void>> events(std::string target, std::int64_t after,
                            std::function<bool(const boost::json::object&)> on_event,
                            std::function<void(const Error&)> on_away);

  /// Where an address of the API is to be found: "https://lab.example:7443/api/v1/runs/1".
  std::string url(const std::string& target) const { return base_ + target; }

 private:
  ServiceClient(std::string base, HttpClient client, HttpClient streams);
  std::string base_;  ///< without a slash at its end
  HttpClient client_;
  HttpClient streams_;
};

}  // namespace luolab
