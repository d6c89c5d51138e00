// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/failure.h"

namespace luolab {

/// How a machine without anybody else to do it gets its network (core/wire/agent_wire.h, kSshWord).
struct NetworkSetting {
  std::string mac;  ///< of the device, in lower case
  std::uint32_t address = 0;
  std::uint32_t prefix = 0;
  std::uint32_t gateway = 0;  ///< 0: none
  std::chrono::seconds unheard{0};
};

/// From a kernel's command line; empty where the word is missing or makes no sense. Pure.
std::optional<NetworkSetting> parse_network_setting(std::string_view cmdline);

/// Gives the device its address and switches it on; the loopback device too. ENODEV where no device
/// has that hardware address after the deadline.
Done set_up_network(const NetworkSetting& setting, std::chrono::milliseconds deadline);

/// "InSegs" of "Tcp" in /proc/net/snmp's text; 0 where it is not there. Pure.
std::uint64_t parse_tcp_in_segments(std::string_view snmp);

/// Whether something listens on that port, from the text of /proc/net/tcp or tcp6. Pure.
bool parse_tcp_listens(std::string_view sockets, std::uint16_t port);

}  // namespace luolab
