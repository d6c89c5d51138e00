// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "core/base/file.h"
#include "tests/programs/program.h"
#include "worker/target/ssh_key.h"
#include "worker/target/ssh_session.h"

namespace luolab {

/// OpenSSH's own server on a loopback port, with keys of its own; it lets in who runs the test.
/// Owns its process. Throws std::runtime_error where it can't be started.
class SshServer {
 public:
  /// `environment`: NAME=VALUE, of the sessions alone.
  explicit SshServer(const std::vector<std::string>& environment = {});

  /// Whom it lets in, with the key as text.
  const SshLogin& login() const { return login_; }
  const std::string& host_key() const { return host_key_; }
  /// The same login as the command line has it: "USER@127.0.0.1:PORT", and a file with the key.
  std::string address() const;
  std::string key_file() const { return (folder_.path() / "client").string(); }

 private:
  asio::io_context io_;  ///< not run while it serves: nobody reads what the server says
  TempDir folder_;
  SshKeyPair client_ = make_ssh_key();
  SshLogin login_;
  std::string host_key_;
  std::optional<Program> server_;
};

/// A loopback port that was free a moment ago.
std::uint16_t free_port();

}  // namespace luolab
