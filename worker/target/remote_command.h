// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace luolab {

/// `command` for a machine's shell, as root where the login is not: by `sudo -n`. Pure.
std::string as_root(bool sudo, std::string_view command);

}  // namespace luolab
