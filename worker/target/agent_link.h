// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/object.hpp>

#include "core/async/task.h"
#include "worker/target/ssh_session.h"

namespace luolab {

/// An SSH connection on which an agent speaks, line by line. Owns both. One thread; reading and
/// writing may overlap.
class AgentLink {
 public:
  /// Starts an agent and waits for its hello, which stays the first line. SshTrouble::lost with
  /// what it said where it says none.
  static Task<SshResult<std::unique_ptr<AgentLink>>> start(std::unique_ptr<SshSession> session,
                                                           std::string command);

  /// Of the agent's kernel.
  const std::string& boot_id() const { return boot_id_; }
  /// Without newline; empty where the agent, or the connection, has ended. Cancelling loses
  /// nothing.
  Task<std::optional<std::string>> next_line();
  /// The newline is added. False where the connection has ended.
  Task<bool> send(std::string line);
  /// One request and its answer. Fault::lab with the agent's reason where it refuses.
  Task<Result<boost::json::object>> ask(boost::json::object request);
  /// How the agent ended; waits until it has.
  Task<SshOutput> ended();

 private:
  using Socket = asio::local::stream_protocol::socket;
  AgentLink(const asio::any_io_executor& executor, std::unique_ptr<SshSession> session,
            UniqueFd end);

  std::unique_ptr<SshSession> session_;  ///< outlives the socket
  Socket socket_;
  std::string pending_;
  std::string boot_id_;
};

/// Whether an agent's line says that its kernel is about to go.
bool is_going(std::string_view line);

}  // namespace luolab
