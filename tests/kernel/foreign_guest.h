// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "core/async/task.h"
#include "core/base/unique_fd.h"
#include "tests/programs/program.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// One guest of foreign_machine.py, which runs from the constructor on. The destructor switches it
/// off. What its keeper says is read on `io`, which the test runs when it waits for that.
class ForeignGuest {
 public:
  /// `more`: further words for foreign_machine.py.
  ForeignGuest(asio::io_context& io, std::string name, std::filesystem::path folder,
               const std::filesystem::path& kernel, const std::vector<std::string>& more = {});

  /// Its keeper has told the port. Then the rest may be asked for.
  Task<void> ready();
  /// Its home system has started the SSH server.
  Task<void> home();
  /// How it is reached, with its console and a power switch.
  SshMachine machine() const;
  /// A command line for its keeper: "cycle", "status", "kill", "cut", "mend".
  std::string command(const std::string& word) const;
  const std::string& name() const { return name_; }

 private:
  asio::io_context& io_;
  std::string name_;
  std::string folder_;
  UniqueFd leash_;  ///< the guest goes when it is closed
  std::unique_ptr<Program> keeper_;
};

/// Runs what waits for guests, and nothing of theirs beyond: one program is read while another one
/// is not waited for.
void await_on(asio::io_context& io, Task<void> task);

}  // namespace luolab
