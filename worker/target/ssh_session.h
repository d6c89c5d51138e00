// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/task.h"
#include "core/base/unique_fd.h"
#include "worker/target/ssh_connection.h"
#include "worker/target/ssh_error.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// One connection to an SSH server that has shown a key we know. Owns it, and a thread of its own
/// on which every call of libssh runs; when a call's limit passes, or its caller is cancelled, the
/// socket is shut down under it, so that none of them can hang. After an error of trouble `lost`
/// the connection is of no more use. The destructor cuts the connection and joins the thread. One
/// call at a time, from the loop's thread.
class SshSession {
 public:
  /// Connects, compares the host key, logs in. `known_keys`: "TYPE BASE64", one of which it must
  /// be; `accepted_key` says which. With none, everything but the login is done, and the login
  /// where the server shows a key: for probing, which shows the fingerprint.
  struct Opened {
    std::unique_ptr<SshSession> session;
    std::string host_key;
  };
  static Task<SshResult<Opened>> open(SshLogin login, std::vector<std::string> known_keys,
                                      std::chrono::nanoseconds limit);
  /// The key that the server shows, without logging in.
  static Task<SshResult<std::string>> host_key(SshLogin login, std::chrono::nanoseconds limit);

  SshSession(const SshSession&) = delete;
  ~SshSession();

  /// Runs a command with that input to its end.
  Task<SshResult<SshOutput>> run(std::string command, std::string input,
                                 std::chrono::nanoseconds limit);
  Task<SshResult<SshOutput>> run(std::string command, std::chrono::nanoseconds limit);
  /// The same with input that the caller keeps until it returns: for what is too large to copy.
  Task<SshResult<SshOutput>> feed(std::string command, std::string_view input,
                                  std::chrono::nanoseconds limit);
  /// Writes a file by SFTP, through a neighbour that is renamed. SshTrouble::refused where it can't
  /// be written; the neighbour is removed then.
  Task<SshResult<void>> put(std::string path, std::string bytes, std::uint32_t mode,
                            std::chrono::nanoseconds limit);
  /// Starts a command whose input and output are a socket from then on, until either end closes it
  /// or the connection ends. The session does nothing else any more.
  Task<SshResult<UniqueFd>> start(std::string command, std::chrono::nanoseconds limit);
  /// What the command of `start` said on its standard error, and how it ended. Waits until it has.
  Task<SshOutput> ended();

 private:
  struct Life;
  SshSession(SshLogin login, UniqueFd stream);
  template <class Work>
  auto call(std::chrono::nanoseconds limit, Work work)
      -> Task<std::invoke_result_t<Work&, SshConnection&>>;
  std::unique_ptr<Life> life_;
};

}  // namespace luolab
