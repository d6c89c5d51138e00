// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/task.h"
#include "worker/fleet/host_facts.h"
#include "worker/fleet/worker_layout.h"
#include "worker/target/ssh_session.h"

namespace luolab {

/// A machine that gets a worker.
struct FleetMachine {
  std::string name;  ///< of the worker; empty: the host's
  SshLogin login;
  std::string host_key;  ///< the only one that is accepted; nothing is done without
  bool sudo = false;
  std::vector<std::string> tags;
  std::uint32_t slots = 1;
  WorkerLayout layout;
  std::string user = std::string(kWorkerUser);  ///< whom the worker runs as

  /// "root@10.0.0.7:22", for people.
  std::string address() const;
};

/// A machine of a fleet over SSH, where scripts of a shell run as root. Every failure is for
/// people, with its remedy.
class FleetHost {
 public:
  using Progress = std::function<void(std::string_view doing)>;

  /// The least that a script gets: a lock is waited for, up to 60 s.
  static constexpr std::chrono::seconds kScript{90};

  /// `machine` outlives it.
  FleetHost(const FleetMachine& machine, Progress progress);

  /// Connects and logs in; again after close().
  Task<Result<void>> open();
  /// What still ran there ends.
  void close() { session_.reset(); }

  /// What lies there. `libraries`: of the program that shall run there.
  Task<Result<HostFacts>> facts(const std::vector<std::string>& libraries);
  /// Runs a script to its end, whatever its exit code.
  Task<Result<SshOutput>> run(std::string script, std::chrono::seconds limit);
  /// The same while no other luolab fleet works there.
  Task<Result<SshOutput>> run_alone(std::string script, std::string_view input,
                                    std::chrono::seconds limit);
  /// The same with its time by its input, told as progress. An exit code other than 0 is an error.
  Task<Result<void>> step(std::string doing, std::string script, std::string_view input = {});

  void tell(std::string_view doing) const { progress_(doing); }

 private:
  const FleetMachine& machine_;
  Progress progress_;
  std::unique_ptr<SshSession> session_;
};

}  // namespace luolab
