// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace luolab {

/// Where a server listens.
struct ListenAddress {
  std::string address;  ///< without the brackets of IPv6
  std::uint16_t port = 0;
};

/// "127.0.0.1:7480", "[::1]:7480", as it was given with `flag`. Fault::scenario where it is none.
Result<ListenAddress> parse_listen_address(std::string_view flag, const std::string& text);

/// "http://[::1]:7480/"
std::string page_address(const ListenAddress& address);

}  // namespace luolab
