// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "tests/kernel/foreign_guest.h"
#include "tests/kernel/lab_fixture.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// A guest that luolab does not own (foreign_machine.py), and attempts on it over SSH. Its home
/// system and the kernel under test have the same kernel, unless a test asks for another one.
class ForeignFixture : public LabFixture {
 protected:
  ForeignFixture();

  /// Starts the machine; `more`: further words for foreign_machine.py.
  void start_guest(const std::vector<std::string>& more = {});
  /// The same, with the kernel that Debian installs as its home kernel.
  void start_debian_guest();
  /// Has the guest's keeper do something: "cycle", "on", "kill", "cut", "mend".
  Task<void> keeper(std::string word) const;
  SshMachine& machine() { return machines_.front(); }
  const std::vector<SshMachine>& machines() const { return machines_; }
  /// In place of a worker's cache, but for kernels.
  const std::filesystem::path& scratch() const { return folder_.path(); }

  AttemptReport attempt(AttemptHooks hooks = {});
  /// Runs a command of the keeper as soon as the outgoing kernel is on its way out.
  AttemptHooks in_the_blackout(const std::string& word);
  /// What luolab left in the home system: its files and processes, and then whether an image is
  /// loaded; "0\n" where that is nothing.
  std::string left_there();
  /// What a command prints in the home system. May be called while an attempt goes on, which waits.
  std::string at_home(const std::string& command);

  asio::io_context io_;
  Job job_;
  /// Called with all that goes on.
  std::function<void(std::string_view)> on_activity_;

 private:
  void start(const std::filesystem::path& home_kernel, const std::vector<std::string>& more);

  asio::io_context guest_io_;
  TempDir folder_{std::filesystem::temp_directory_path()};
  std::optional<ForeignGuest> guest_;
  std::vector<SshMachine> machines_;
  std::int64_t token_ = 0;
};

/// The machine is home again, as far as the attempt knows.
void expect_home(const AttemptReport& report);

}  // namespace luolab
