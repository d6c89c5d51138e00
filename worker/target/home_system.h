// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "worker/target/machine_lock.h"
#include "worker/target/machine_probe.h"
#include "worker/target/ssh_machine.h"
#include "worker/target/ssh_session.h"

namespace luolab {

/// The folder on a machine where luolab's files lie while it needs them.
inline constexpr const char* kMachineFolder = "/var/tmp/luolab";

/// Files for that folder, by name.
using MachineFiles = std::map<std::string, std::filesystem::path>;
/// What is going on, for people.
using Tell = std::function<void(std::string)>;

/// The system that a machine runs when luolab finds it, and has to run again afterwards: one SSH
/// session there, and what is done through it. One call at a time. Errors are Fault::lab and name
/// the machine.
class HomeSystem {
 public:
  /// The machine must outlive this.
  explicit HomeSystem(const SshMachine& machine) : machine_(machine) {}

  /// Connects, with the host key compared.
  Task<SshResult<void>> open(std::chrono::nanoseconds limit);
  void close() { session_.reset(); }
  /// Undefined before `open`.
  SshSession& session() { return *session_; }

  /// What the machine is.
  Task<Result<MachineReport>> ask();
  /// What a command prints; an error where it ends with another code than 0.
  Task<Result<std::string>> run(std::string command);
  Task<Result<void>> lock(LockOwner self, std::chrono::seconds hold);
  Task<Result<void>> unlock(LockOwner self);
  /// Takes luolab's folder away.
  Task<Result<void>> clean();
  /// As it was found: no image loaded for kexec, no file.
  Task<Result<void>> unload_and_clean();

 private:
  const SshMachine& machine_;
  std::unique_ptr<SshSession> session_;
};

/// What the command prints, by way of `sh -s`; an error where it does not end with 0, which names
/// the machine.
Task<Result<std::string>> run_command(SshSession& session, std::string machine, std::string command);

/// Asks a machine what it is, over a session at home; `sudo`: as root by sudo.
Task<Result<MachineReport>> ask_machine(SshSession& session, bool sudo);

/// Brings those files that are not there with the right digest, and checks what came to be.
Task<Result<void>> upload_files(SshSession& session, const MachineFiles& files, const Tell& tell);

}  // namespace luolab
