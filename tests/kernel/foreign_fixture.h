// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "tests/kernel/lab_fixture.h"
#include "tests/programs/program.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// A guest that luolab does not own (foreign_machine.py), and attempts on it over SSH. Its home
/// system and the kernel under test have the same kernel.
class ForeignFixture : public LabFixture {
 protected:
  ForeignFixture();

  /// Starts the machine; `more`: further words for foreign_machine.py.
  void start_guest(const std::vector<std::string>& more = {});
  /// A command of the machine's keeper: "cycle", "status", "kill", "cut", "mend".
  std::string command(const std::string& word) const;
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
  void await_guest(Task<void> task);
  std::string folder() const { return folder_.path().string(); }

  asio::io_context guest_io_;
  TempDir folder_{std::filesystem::temp_directory_path()};
  UniqueFd leash_;
  std::optional<Program> guest_;
  std::vector<SshMachine> machines_;
  std::int64_t token_ = 0;
};

/// The machine is home again, as far as the attempt knows.
void expect_home(const AttemptReport& report);

}  // namespace luolab
