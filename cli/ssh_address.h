// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/error.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// "USER@HOST[:PORT]"; an IPv6 address with a port stands in brackets. Fault::scenario where it is
/// none. Pure.
Result<SshLogin> parse_ssh_address(std::string_view text);

}  // namespace luolab
