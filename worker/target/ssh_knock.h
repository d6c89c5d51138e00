// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "core/async/task.h"
#include "core/base/unique_fd.h"
#include "worker/target/ssh_error.h"

namespace luolab {

/// Tries to connect until somebody answers as an SSH server does, whose first bytes stay unread, or
/// `limit` has passed (SshTrouble::unreachable, with what the last try saw). Each try has a limit
/// of its own, short at first: a SYN that was sent while the machine was away is not waited for.
Task<SshResult<UniqueFd>> knock(std::string host, std::uint16_t port,
                                std::chrono::nanoseconds limit);

}  // namespace luolab
