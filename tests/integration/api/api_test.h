// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "db/store.h"
#include "tests/integration/api/api_client.h"
#include "tests/integration/api/api_service.h"
#include "tests/integration/api/event_reader.h"
#include "tests/integration/api/simulated_worker.h"

namespace luolab {

/// A controller over a fresh state folder, and words for asking it. At the end everything that was
/// said is held against the OpenAPI document.
class ApiTest : public testing::Test {
 protected:
  ApiTest();

  /// Starts the controller, with `options_`, over the state folder as it is.
  void start();
  /// Ends it and starts it anew, on another port: clients are to be made anew.
  void restart();
  void stop() { service_.reset(); }
  void TearDown() override;

  std::uint16_t port() const { return service_->port(); }
  ApiClient client(const std::string& token = {}) { return {exchanges_, port(), token}; }
  SimulatedWorker worker(const std::string& name, const std::string& token = {}) {
    return {exchanges_, port(), name, token};
  }
  /// A worker that has said hello.
  SimulatedWorker connected(const std::string& name, const std::string& token = {});
  EventReader events(const std::string& target, const std::string& fields = {}) {
    return {exchanges_, port(), target, fields};
  }

  /// A connection to the store of its own, as another process has one.
  Store store();
  /// Makes a token in the store, as `luolab token create` does; its secret.
  std::string token(const std::string& name, TokenRole role, std::optional<TimePoint> expires = {});
  TokenId token_id(const std::string& secret);
  /// Everything in the store's tables and the state folder's files, as text.
  std::string state_text() const;
  /// Waits for an event of the kind about a job or run, from the first one on.
  boost::json::object wait_for(const std::string& kind, const std::string& filter);

  /// Submits so many equal jobs; the run's number.
  std::string submit(std::size_t jobs = 1, const std::string& query = {});
  boost::json::object run(const std::string& id);
  boost::json::object job(const std::string& id);
  /// The jobs' ids, in their order.
  std::vector<std::string> jobs_of(const std::string& run);

  TempDir folder_{std::filesystem::temp_directory_path()};
  std::filesystem::path state_ = folder_.path() / "state";
  ExchangeLog exchanges_{folder_.path() / "exchanges.jsonl"};
  ServiceOptions options_;
  KeptLog log_;
  std::string document_;
  bool cover_ = false;  ///< this test alone must reach every operation and success
  std::string admin_;   ///< the token by which the fixture asks
  std::unique_ptr<ApiService> service_;
};

/// One scenario of so many equal jobs; `more` is further YAML, each line with its end.
std::string scenario(std::size_t jobs = 1, const std::string& more = {},
                     const std::string& name = "small");

}  // namespace luolab
