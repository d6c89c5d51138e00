// SPDX-License-Identifier: Apache-2.0
#include "cli/listen_address.h"

#include <fmt/format.h>

namespace luolab {

Result<ListenAddress> parse_listen_address(std::string_view flag, const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::string() : text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || std::stoul(port) > 65535)
    return scenario_error(fmt::format(
        "{}: \"{}\" is not ADDRESS:PORT (as in 127.0.0.1:7480 or [::1]:7480)", flag, text));
  ListenAddress listen{text.substr(0, colon), static_cast<std::uint16_t>(std::stoul(port))};
  if (listen.address.starts_with('[') && listen.address.ends_with(']'))
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  return listen;
}

std::string page_address(const ListenAddress& address) {
  const bool v6 = address.address.find(':') != std::string::npos;
  return v6 ? fmt::format("http://[{}]:{}/", address.address, address.port)
            : fmt::format("http://{}:{}/", address.address, address.port);
}

}  // namespace luolab
