// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace luolab {

/// What a machine is and can do, as its own system says.
struct MachineReport {
  std::string arch;
  std::string release;
  std::string boot_id;
  std::string cmdline;
  std::uint64_t memory_bytes = 0;
  std::uint32_t cpus = 0;
  std::uint64_t free_disk_bytes = 0;  ///< where luolab puts its files
  bool root = false;                  ///< the login is, or becomes by sudo, root
  bool kexec_loaded = false;          ///< an image of somebody else's
  bool kexec_disabled = false;        ///< sysctl kernel.kexec_load_disabled
  bool kexec_file = false;            ///< the kernel has kexec_file_load(2)
  std::string lockdown;               ///< "none", "integrity", "confidentiality"; empty: not there
  bool kho = false;                   ///< Kexec HandOver is on in the running kernel
  bool liveupdate = false;            ///< /dev/liveupdate is there
  std::vector<std::string> missing;   ///< tools that luolab needs there
  std::string network;                ///< "MAC,ADDRESS/PREFIX,GATEWAY" of the device SSH came by
};

/// A script for `sh` that prints what `read_report` reads. It changes nothing. `folder`: where
/// luolab's files would lie.
std::string probe_script(const std::string& folder);

/// Pure. Fault::lab where the text is not that script's.
Result<MachineReport> read_report(std::string_view text);

/// What stands in the way of using the machine, each with its remedy; empty: nothing.
std::vector<std::string> obstacles(const MachineReport& report, bool kexec_needed);

}  // namespace luolab
