// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace luolab {

/// The real luolab-agent as a child, talked to over its standard input and output. Every wait ends
/// with the child, which ends with this object. Throws std::runtime_error where it can't be started
/// or says nothing more.
class AgentProcess {
 public:
  explicit AgentProcess(std::vector<std::string> arguments);
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;
  ~AgentProcess();

  void send(std::string_view text);
  /// Blocks for the next line.
  nlohmann::json next();
  nlohmann::json ask(const nlohmann::json& request);

  /// Closes its input and waits; its exit code, or 128 and the signal.
  int finish();

 private:
  pid_t child_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string pending_;
};

}  // namespace luolab
