// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "core/base/error.h"

namespace luolab {

/// Clocks of the guest just before a line was sent.
struct GuestInstant {
  std::uint64_t tsc = 0;
  std::int64_t monotonic_ns = 0;
};

/// A stamp that the kernel itself took (series phase-stamps).
struct KernelStamp {
  std::string name;
  std::uint64_t tsc = 0;
};

/// The agent's first line in each kernel.
struct AgentHello {
  std::uint32_t protocol = 0;
  std::string boot_id;
  std::string release;
  std::string kernel_build_id;
  bool liveupdate = false;  ///< /dev/liveupdate is there
  std::uint64_t tsc_hz = 0;
  std::string tsc_source;
  GuestInstant start;  ///< at the agent's first instruction
  std::vector<KernelStamp> stamps;
  std::uint64_t echo_tsc = 0;  ///< since when datagrams are answered; 0: they are not
  GuestInstant at;
};

/// Why the agent could not do what it was asked.
struct AgentFailure {
  std::string call;
  std::string error;  ///< "EBUSY"
  std::string detail;
  std::string promise;  ///< of the contract, that this breaks unless expected
};

/// An answer to a request.
struct AgentReply {
  std::uint64_t id = 0;
  bool going = false;  ///< the kernel is about to be left
  std::optional<AgentFailure> failure;
  std::uint64_t start_tsc = 0;
  std::uint64_t end_tsc = 0;
  boost::json::object result;
  GuestInstant at;
};

/// How far a load is, told without being asked.
struct AgentAck {
  std::string load;
  std::vector<std::uint64_t> done;  ///< memory writers: the last step done, for each
  std::uint64_t count = 0;          ///< the others: steps, and those that went wrong
  std::uint64_t bad = 0;
  std::string first_bad;
};
/// From the figures of an acknowledgement, or of the answer to load.stop.
AgentAck read_ack(const std::string& load, const boost::json::object& figures);

using AgentMessage = std::variant<AgentHello, AgentReply, AgentAck>;

/// Reads one line of the agent's protocol (docs/agent-protocol.md).
/// Fault::bug where it is none: the agent is ours.
Result<AgentMessage> read_agent_line(std::string_view line);

}  // namespace luolab
