// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#pragma GCC diagnostic pop

namespace luolab {
namespace {

/// 1 to 65535; the library's own number wraps around.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (parsed.ec != std::errc() || port == 0) return {};
  return port;
}

bool is_usable(const boost::urls::url_view& url) {
  const bool known =
      url.scheme_id() == boost::urls::scheme::http || url.scheme_id() == boost::urls::scheme::https;
  return known && url.has_authority() && !url.encoded_host_address().empty() &&
         !url.has_userinfo() && !url.has_query() && !url.has_fragment() &&
         (!url.has_port() || parse_port({url.port().data(), url.port().size()}));
}

}  // namespace

std::string ServerUrl::origin() const {
  return fmt::format("{}://{}", tls ? "https" : "http", authority());
}

std::string ServerUrl::authority() const {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? shown : fmt::format("{}:{}", shown, port);
}

Result<ServerUrl> parse_server_url(std::string_view text) {
  const auto url = boost::urls::parse_uri({text.data(), text.size()});
  if (!url || !is_usable(*url)) {
    return scenario_error(
        fmt::format("\"{}\" is no server's URL (expected such as https://lab.example:7443)", text));
  }
  ServerUrl server;
  server.tls = url->scheme_id() == boost::urls::scheme::https;
  server.host = url->host_address();
  server.port = server.tls ? 443 : 80;
  if (url->has_port()) server.port = *parse_port({url->port().data(), url->port().size()});
  server.prefix = std::string(url->encoded_path());
  while (server.prefix.ends_with('/')) server.prefix.pop_back();
  return server;
}

}  // namespace luolab
