// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "worker/target/home_system.h"
#include "worker/target/ssh_initramfs.h"
#include "worker/target/ssh_key.h"
#include "worker/target/ssh_machine.h"
#include "worker/target/ssh_session.h"
#include "worker/target/target.h"

namespace luolab {

/// What an SshTarget is made with.
struct SshTargetOptions {
  SshMachine machine;
  LockOwner self;
  std::chrono::seconds hold{3600};  ///< of the lock on the machine
  std::filesystem::path agent;      ///< the luolab-agent executable
  ServerKey server_key;             ///< what the kernel under test's SSH server shows
  SshKeyPair client_key;            ///< what gets in there
  std::filesystem::path
      away_file;              ///< there while the machine is not known to be home; may be empty
  std::function<bool()> may;  ///< whether the machine is still this attempt's
  Tell tell;
};

/// A machine that luolab does not own, reached over SSH. See Target for threads; `prepare` comes
/// before `start`, and `bring_home` after everything, also after an error or a cancellation of the
/// others: it alone leaves the machine as it was found.
///
/// The machine is "at home" while it runs its own system; from `start` on it runs the kernel under
/// test. Its SSH server there has a key made for the attempt, so the two can't be taken for one
/// another. A connection that ends after the agent's "going" is expected; connecting again is tried
/// until the agent of another boot says hello.
class SshTarget final : public Target {
 public:
  SshTarget(asio::any_io_executor executor, SshTargetOptions options);
  ~SshTarget() override;

  /// Goes there, takes the lock, and asks what the machine is. Fault::lab, with the remedy, where
  /// it can't be used.
  Task<Result<MachineReport>> prepare();
  /// Words for the command line of every kernel under test, known after `prepare`.
  std::string cmdline_words() const;
  /// Further files for the agent, by name, where the machine keeps its own root file system.
  void add_file(std::string name, std::filesystem::path file);

  /// Uploads, and boots the kernel under test by kexec from home. Returns when the home kernel is
  /// about to go.
  Task<Result<void>> start(const BootSpec& spec) override;
  Task<TargetEvent> next_event() override;
  Task<Result<void>> send(std::string line) override;
  Task<bool> responds() override;
  Task<Result<void>> cut_power() override;
  std::string keeper() const override;
  std::string accel() const override { return "ssh"; }

  /// Back to the home kernel, by a reset or by power, and away with everything that is luolab's.
  /// Fault::lab where the machine is not back in time: it is offline then, and the next `prepare`
  /// first tries to bring it home.
  Task<Result<void>> bring_home();

 private:
  struct Life;
  std::shared_ptr<Life> life_;
};

}  // namespace luolab
