// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "worker/lease/lease_observer.h"

namespace spdlog {
class logger;
}

namespace luolab {

/// A worker's log: one line an event on standard error, key=value, each with its consequence.
/// One thread.
class WorkerLog final : public LeaseObserver {
 public:
  explicit WorkerLog(std::string worker);

  void info(const std::string& line);
  /// A machine went offline, or, without a reason, came back.
  void machine(const std::string& name, const std::string& reason);
  void error(const std::string& line);

  void connected(const WorkerWelcome& welcome) override;
  void away(std::string_view call, const Error& error, std::chrono::nanoseconds pause) override;
  void draining(bool drain) override;
  void started(const LeaseGrant& grant) override;
  void asked_to_end(std::int64_t attempt, EndReason reason) override;
  void ended(const LeaseGrant& grant, const AttemptReport& report) override;
  void delivered(std::int64_t attempt, std::int64_t job_id, Delivery delivery) override;
  void set_aside(std::int64_t attempt, const Error& error) override;

 private:
  std::string worker_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace luolab
