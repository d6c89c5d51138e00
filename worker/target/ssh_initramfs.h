// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"

namespace luolab {

/// A host key in Dropbear's format, fresh for one attempt.
struct ServerKey {
  std::string bytes;
  std::string public_text;  ///< "ssh-ed25519 BASE64"
};

/// Made by dropbearkey. Fault::lab where that is missing, with how to install it.
Task<Result<ServerKey>> make_server_key(std::filesystem::path scratch);

/// What an initramfs needs beside the agent to be reached over SSH: Dropbear with its libraries,
/// the host key, and the one client key that gets in. An archive to append to another one. The
/// login shell is the agent, so nothing else can be run there.
Task<Result<std::string>> pack_ssh_server(ServerKey host_key, std::string client_key);

}  // namespace luolab
