// SPDX-License-Identifier: Apache-2.0
#include "cli/ssh_address.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace luolab {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return {};
  return port;
}

/// Where the port begins, behind its colon; npos: there is none. A colon more is of an IPv6
/// address.
std::size_t port_at(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon == host.npos) return host.npos;
  const bool bracketed = colon > 0 && host[colon - 1] == ']';
  return bracketed || (host.find(':') == colon) ? colon + 1 : host.npos;
}

}  // namespace

Result<SshLogin> parse_ssh_address(std::string_view text) {
  const Error wrong = scenario_error(fmt::format("\"{}\" is no USER@HOST[:PORT]", text));
  SshLogin login;
  const auto at = text.rfind('@');
  if (at == text.npos || at == 0) return wrong;
  login.user = text.substr(0, at);
  std::string_view host = text.substr(at + 1);
  if (const auto begin = port_at(host); begin != host.npos) {
    const auto port = parse_port(host.substr(begin));
    if (!port) return wrong;
    login.port = *port;
    host = host.substr(0, begin - 1);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong;
  login.host = host;
  return login;
}

}  // namespace luolab
