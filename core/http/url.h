// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace luolab {

/// Where a server is: "https://lab.example:7443/luolab".
struct ServerUrl {
  bool tls = false;
  std::string host;        ///< a name or an address, without brackets
  std::uint16_t port = 0;  ///< 80 or 443 where it was not given
  std::string prefix;      ///< path without a slash at its end: "/luolab", or empty

  /// "https://lab.example:7443", for messages.
  std::string origin() const;
  /// For the Host field: with brackets and port where they are needed.
  std::string authority() const;
};

/// Pure. Fault::scenario where it is no http or https URL, or has user, query or fragment.
Result<ServerUrl> parse_server_url(std::string_view text);

}  // namespace luolab
