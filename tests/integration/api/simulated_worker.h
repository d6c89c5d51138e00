// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/lease.h"
#include "core/protocol/report.h"
#include "tests/integration/api/api_client.h"

namespace luolab {

/// A worker that says over HTTP whatever a test wants to have said. Blocks.
class SimulatedWorker {
 public:
  SimulatedWorker(ExchangeLog& log, std::uint16_t port, std::string name, std::string token = {});

  WorkerHello hello;  ///< what `connect` says; two slots, one instance

  /// Says hello; the answer must be a welcome.
  WorkerWelcome connect(std::vector<std::int64_t> attempts = {});
  /// Another process of the same worker.
  void restart() { hello.instance += "'"; }
  ApiAnswer ask(std::chrono::nanoseconds wait, std::vector<std::int64_t> held = {});
  /// Waits for a job, which must come.
  LeaseGrant lease(std::vector<std::int64_t> held = {});
  /// Whether there is nothing for it now.
  bool finds_nothing();
  HeartbeatAnswer heartbeat(std::vector<std::int64_t> attempts);
  ApiAnswer report(std::int64_t attempt, const AttemptReport& report);
  /// The status of the answer to a report with little in it.
  int report(std::int64_t attempt, Verdict verdict, const std::string& reason = "as it is");
  /// Leases a job and ends it.
  LeaseGrant work(Verdict verdict, const std::string& reason = "as it is");
  ApiAnswer console(std::int64_t attempt, std::uint64_t offset, const std::string& bytes);
  /// Hands a file in, whole.
  ApiAnswer upload(std::int64_t attempt, const std::string& bytes);
  /// Hands in what the grant asks to be built, so that others may have it.
  void build(const LeaseGrant& grant);

  ApiClient& client() { return client_; }
  std::string path(const std::string& rest = {}) const {
    return "/api/v1/workers/" + hello.name + rest;
  }

 private:
  ApiClient client_;
};

/// A report from power-on, with a row of every kind and no files.
AttemptReport plain_report(Verdict verdict, const std::string& reason);
std::string attempt_path(std::int64_t attempt, const std::string& rest);

}  // namespace luolab
