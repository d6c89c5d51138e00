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

#include "controller/access/rate_limit.h"
#include "controller/lab/lab.h"
#include "core/async/task.h"
#include "core/base/error.h"
#include "db/artifact_store.h"
#include "db/token_record.h"
#include "kernel-patches/catalog.h"

namespace luolab {

struct ServiceOptions {
  std::filesystem::path state;  ///< the folder of store, artifacts and consoles
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::filesystem::path tls_certificate;  ///< PEM; empty: plain HTTP
  std::filesystem::path tls_key;
  bool plain_network = false;   ///< plain HTTP, or no tokens, on an address that is not loopback
  bool require_tokens = false;  ///< also on loopback; where a token exists they are required anyway
  std::filesystem::path data;   ///< what ships with luolab: the suites of gates
  bool worker_paths = false;    ///< submitters may name paths of workers
  std::chrono::hours keep_artifacts{24 * 90};  ///< after a run's end; 0: for ever
  std::chrono::hours keep_runs{0};             ///< after a run's end; 0: for ever
  LabOptions lab;
  Rate rate{.per_second = 100, .burst = 400};         ///< of each token of role read or submit
  Rate rate_without{.per_second = 20, .burst = 100};  ///< of each address whose token is no good
  std::chrono::seconds slow_client{10};  ///< whoever takes nothing for so long is dropped
  /// Takes up what waits and runs in the store, and carries on its gates. False: this process has
  /// work of its own (luolab run --serve), and the rest is only shown.
  bool take_up = true;
  TokenRole without_token = TokenRole::admin;  ///< of loopback, as long as there is no token
  LabObserver* observer = nullptr;             ///< borrowed; hears of jobs too
  std::string version;
  std::function<void()> on_ready = [] {};  ///< called when it begins to answer
};

/// What the service has to tell its log: `key=value` words (docs/operations.md). No secrets.
class ServiceLog {
 public:
  virtual ~ServiceLog() = default;
  virtual void info(const std::string& line) = 0;
  virtual void warning(const std::string& line) = 0;
};

/// The controller: store, lab, API and HTTP server, put together. One thread, but for those of the
/// store. Its state folder belongs to one controller at a time.
class Service {
 public:
  /// Opens the store and takes up what was there. Fault::scenario where the options are no good (an
  /// open address without TLS or tokens), Fault::lab where the store, the address or the
  /// certificate can't be used, or another controller has the folder.
  static Result<std::unique_ptr<Service>> start(asio::any_io_executor executor,
                                                ServiceOptions options, const Catalog& catalog,
                                                ServiceLog& log);
  virtual ~Service() = default;

  virtual std::uint16_t port() const = 0;
  virtual Lab& lab() = 0;
  virtual StoreWriter& writer() = 0;
  virtual ConsoleStore& consoles() = 0;
  virtual const ArtifactStore& artifacts() const = 0;
  /// Serves until it is cancelled; then answers what it has begun, and returns when all is on disk.
  virtual Task<void> run() = 0;
  /// Reads the certificate again, where there is one.
  virtual void reload() = 0;
  /// The OpenAPI document that is served.
  virtual const std::string& document() const = 0;
};

}  // namespace luolab
