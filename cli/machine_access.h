// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scenarios/map_reader.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// How somebody gets into a machine: what a targets file and an inventory have in common. The keys
/// host, port, user, key, host_key and sudo.
struct MachineAccess {
  SshLogin login;
  std::string host_key;
  bool sudo = false;
};

/// Reads the keys that are there over `defaults`. What is wrong is reported; whether a key must be
/// there is the caller's affair.
MachineAccess read_machine_access(const MapReader& map, MachineAccess defaults);

}  // namespace luolab
