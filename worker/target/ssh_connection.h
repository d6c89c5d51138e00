// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"
#include "worker/target/ssh_error.h"
#include "worker/target/ssh_handle.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// What a command printed and how it ended.
struct SshOutput {
  int exit_code = -1;  ///< -1: by a signal, or it never said
  std::string output;
  std::string errors;  ///< both: of more than 4 MiB the beginning
};

/// One connection to an SSH server, whose calls block until the peer has answered. Owns the socket.
/// All on one thread, but `cut`, which any thread may call: what blocks then ends with
/// SshTrouble::lost. SshSession puts limits on them.
class SshConnection {
 public:
  /// `stream`: connected. Throws runtime_error where libssh has no memory.
  SshConnection(SshLogin login, UniqueFd stream);
  void cut();

  /// The host key, which must be one of `known`, if any are. "TYPE BASE64".
  SshResult<std::string> shake_hands(const std::vector<std::string>& known);
  SshResult<void> log_in();
  /// A command, to its end.
  SshResult<SshOutput> run(const std::string& command, std::string_view input);
  /// A file, through a neighbour that is renamed.
  SshResult<void> put(const std::string& path, std::string_view bytes, std::uint32_t mode);
  /// Begins a command.
  SshResult<SshChannel> open_channel(const std::string& command);
  /// Passes on what goes from a command to the socket `end` and back, until either is over.
  SshOutput pump(ssh_channel running, int end);

  const std::string& where() const { return where_; }

 private:
  void set(ssh_options_e option, const void* value);
  SshError lost(std::string_view doing);
  SshError refused(std::string_view doing);
  std::optional<std::string> offer(ssh_key key);
  SshResult<void> replace_file(sftp_session sftp, const std::string& path, std::string_view bytes,
                               std::uint32_t mode);
  SshResult<void> write_file(sftp_session sftp, const std::string& path, std::string_view bytes,
                             std::uint32_t mode);
  void close(ssh_channel open);
  bool forward(ssh_channel running, int end, SshOutput& ending);

  SshLogin login_;
  UniqueFd socket_;  ///< a second descriptor of the connection's, for `cut`
  std::string where_;
  SshHandle session_;
};

}  // namespace luolab
