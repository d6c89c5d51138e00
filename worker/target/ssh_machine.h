// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace luolab {

/// How somebody gets into a machine over SSH. Plain value.
struct SshLogin {
  std::string host;
  std::uint16_t port = 22;
  std::string user = "root";
  std::filesystem::path key_file;  ///< of the private key; empty: the SSH agent's, or `key_text`
  std::string key_text;            ///< a private key that is in no file
};

/// Commands of a machine's keeper, for `sh -c` on the worker; an empty one is not there.
/// What they need to know (addresses, passwords) stays on the worker.
struct PowerCommands {
  std::string on;
  std::string off;
  std::string cycle;
  std::string status;  ///< prints "on" or "off" somewhere in its output
};

/// What system the kernel under test gets.
enum class RootSystem {
  ours,  ///< an initramfs with the agent and an SSH server
  own,   ///< the machine's own: its initrd, its file systems, its SSH server
};

/// A machine that luolab does not own, as a targets file describes it (docs/real-machines.md).
struct SshMachine {
  std::string name;
  SshLogin login;
  std::string host_key;  ///< "ssh-ed25519 AAAA...": the only one that is accepted from it
  bool sudo = false;     ///< become root by `sudo -n`
  RootSystem root = RootSystem::ours;
  std::filesystem::path initrd;  ///< RootSystem::own: on the machine
  std::string cmdline;           ///< further words for every kernel
  std::string network;       ///< "MAC,ADDRESS/PREFIX,GATEWAY" where it is not what the probe finds
  std::string boot_command;  ///< run there in place of kexec for the first boot; empty: kexec
  std::string home_release;  ///< its home kernel, `uname -r`; empty: what it runs when found
  std::chrono::seconds home_limit{300};  ///< for the way back to the home kernel
  PowerCommands power;
  std::string console;  ///< a command that prints the serial console for ever; empty: none
};

}  // namespace luolab
