// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/async/process.h"
#include "core/base/file.h"
#include "tests/programs/ssh_server.h"

namespace luolab {

/// A machine that a worker is put on: a real SSH server and real files below a folder. Two of its
/// programs stand for what a container has not, and are found in the PATH of its sessions alone:
/// `systemctl` notes what it is asked and remembers what is enabled and active, `sudo -n` does as
/// the real one does for who may, or refuses.
class FleetHost {
 public:
  /// The worker goes below `folder`, where no prefix is given.
  explicit FleetHost(const std::filesystem::path& folder, const std::filesystem::path& prefix = {});

  const SshServer& server() const { return *server_; }
  /// Where the worker goes.
  const std::filesystem::path& prefix() const { return prefix_; }
  /// Every path below the folder around the prefix, with mode and content's digest.
  std::map<std::string, std::string> listing() const;
  /// What systemctl was asked to change, in order.
  std::vector<std::string> orders() const;
  /// A file that changes what the programs do: "refuses" to start, "hangs" until it is stopped,
  /// "stays" when it is to be stopped, "no-sudo", "no-systemd".
  void set(const std::string& what) const;
  void unset(const std::string& what) const;
  bool is(const std::string& what) const;

 private:
  std::filesystem::path folder_;
  std::filesystem::path prefix_;
  std::unique_ptr<SshServer> server_;
};

/// A test's own place for machines, and luolab's commands.
class FleetSetting {
 public:
  FleetSetting();

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  FleetHost make_host(const std::string& name) const { return FleetHost(path(name)); }
  /// What goes to the machines: a tree as `cmake --install --strip` makes it.
  const std::filesystem::path& tree() const { return tree_; }

  /// `luolab fleet ORDER` on that machine, with its keys, prefix and the tree; then `more`.
  ProcessOutput fleet(const std::string& order, const FleetHost& host,
                      std::vector<std::string> more = {}) const;
  /// `luolab WORDS...`.
  ProcessOutput luolab(std::vector<std::string> words) const;
  ProcessSpec command(std::vector<std::string> words) const;
  /// The arguments of `fleet`.
  std::vector<std::string> words(const std::string& order, const FleetHost& host,
                                 std::vector<std::string> more = {}) const;
  static std::string user();

 private:
  TempDir folder_;
  std::filesystem::path tree_;
};

/// The states of a machine's steps in the JSON that a command printed last, by step.
std::map<std::string, std::string> steps_of(const ProcessOutput& ran);
/// The machine's own state in it.
std::string state_of(const ProcessOutput& ran);
std::string reason_of(const ProcessOutput& ran);

}  // namespace luolab
