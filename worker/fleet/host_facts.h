// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "worker/fleet/worker_layout.h"

namespace luolab {

/// What lies at a place on the machine.
struct FoundItem {
  std::string sha256;
  std::string mode;   ///< octal
  std::string owner;  ///< user
};

/// What a machine says of itself before anything is done there.
struct HostFacts {
  std::string arch;
  std::string host_name;
  std::string system;  ///< "Debian GNU/Linux 12 (bookworm)"
  std::string glibc;   ///< "2.36"
  bool root = false;
  bool systemd = false;  ///< a systemd answers systemctl
  bool user = false;     ///< whom the worker runs as is there
  bool kvm_group = false;
  bool controller = false;              ///< a controller is installed in the same prefix
  std::vector<std::string> missing;     ///< tools
  std::vector<std::string> libraries;   ///< that the program needs and the loader does not know
  std::vector<std::string> unwritable;  ///< folders that even root can't write
  std::uint64_t free_prefix_bytes = 0;
  std::uint64_t free_config_bytes = 0;
  std::map<std::string, FoundItem> items;   ///< by path
  std::vector<std::string> absent_folders;  ///< of the layout's, the upper ones first
  bool state_folder = false;                ///< the worker's own is there
  std::vector<std::string> leftovers;       ///< of an installation that was killed
  std::vector<std::string> record;          ///< lines of the layout's record
  std::string options;                      ///< WORKER_OPTIONS
  std::string unit_user;                    ///< whom the unit there runs as
  std::uint64_t spooled = 0;                ///< attempts whose results no controller has taken
  std::string enabled;                      ///< as `systemctl is-enabled` says it
  std::string active;                       ///< as `systemctl is-active` says it

  bool has(const std::string& path) const { return items.contains(path); }
  /// Something of a worker is there.
  bool installed(const WorkerLayout& layout) const;
  /// The word behind a flag of `options`, such as "--name"; empty where there is none.
  std::string option(std::string_view flag) const;
};

/// A script for `sh` that prints what `read_host_facts` reads, and changes nothing.
std::string host_facts_script(const WorkerLayout& layout, std::string_view user,
                              const std::vector<std::string>& libraries);

/// Pure. Fault::lab where the text is not that script's.
Result<HostFacts> read_host_facts(std::string_view text);

/// Prints the digest of a tree: that of the list which sha256sum makes of its files. `folder` is a
/// plain path, and the working folder from then on: for a subshell.
std::string tree_digest_script(std::string_view folder);

}  // namespace luolab
