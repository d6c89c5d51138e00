// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "worker/kernel/kernel_builder.h"
#include "worker/lease/attempt_runner.h"
#include "worker/lease/build_share.h"
#include "worker/lease/controller_api.h"
#include "worker/run/machine_health.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// What attempts on this host's own machines need. Borrowed.
struct MachineAttemptsParts {
  ControllerApi& api;
  KernelBuilder& builder;
  BuildShare& share;
  asio::thread_pool& blocking;  ///< for hashing and files
  std::filesystem::path agent;  ///< the luolab-agent executable
  std::filesystem::path cache;
  std::string worker;                       ///< its name, for reports
  const std::vector<SshMachine>& machines;  ///< that it reaches over SSH
  MachineHealth& health;                    ///< theirs
};

/// Attempts for real: builds, machines, updates. See AttemptRunner. One thread.
class MachineAttempts final : public AttemptRunner {
 public:
  explicit MachineAttempts(MachineAttemptsParts parts) : parts_(std::move(parts)) {}

  Task<AttemptReport> run(const LeaseGrant& grant, AttemptTies ties) override;
  Task<bool> settle(std::int64_t attempt) override { return parts_.share.settle(attempt); }
  std::vector<std::string> builds() const override { return parts_.share.keys(); }
  std::vector<OfflineTarget> offline() const override { return parts_.health.offline(); }

 private:
  MachineAttemptsParts parts_;
};

}  // namespace luolab
