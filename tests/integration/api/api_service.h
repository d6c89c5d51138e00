// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "controller/service/service.h"
#include "tests/integration/http/http_lab.h"

namespace luolab {

/// Keeps what the service logs.
class KeptLog final : public ServiceLog {
 public:
  void info(const std::string& line) override { keep("info " + line); }
  void warning(const std::string& line) override { keep("warning " + line); }
  std::string text() const;
  /// Waits until it has kept this; false where that did not come about within the patience.
  bool wait_for(const std::string& part);

 private:
  void keep(const std::string& line);
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
};

/// The catalog that is shipped.
const Catalog& shipped_catalog();

/// A controller on a free port of 127.0.0.1 in a thread of its own, ready to answer when it is
/// made. Throws std::runtime_error where it does not start.
class ApiService {
 public:
  ApiService(std::filesystem::path state, ServiceOptions options, KeptLog& log);
  ~ApiService();

  std::uint16_t port() const { return port_; }
  const std::string& document() const { return document_; }
  /// Ends it as SIGTERM does, and waits until it has ended.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::uint16_t port_ = 0;
  std::string document_;
  std::thread thread_;
};

}  // namespace luolab
