// SPDX-License-Identifier: Apache-2.0
#include "controller/access/token.h"

#include <sys/random.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <nettle/base64.h>
#include <nettle/memops.h>

#include "core/base/sha256.h"

namespace luolab {
namespace {

constexpr std::string_view kPrefix = "luolab_";
constexpr std::size_t kSecretBytes = 32;

}  // namespace

std::string_view role_name(TokenRole role) { return boost::describe::enum_to_string(role, "read"); }

std::optional<TokenRole> parse_role(std::string_view name) {
  TokenRole role{};
  if (!boost::describe::enum_from_string(std::string(name).c_str(), role)) return {};
  return role;
}

bool allows(TokenRole has, TokenRole needs) {
  return has == TokenRole::admin || has == needs || needs == TokenRole::read;
}

std::string new_token() {
  std::array<std::uint8_t, kSecretBytes> secret{};
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size()))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  base64_encode_ctx encoder;
  nettle_base64url_encode_init(&encoder);
  std::string text(BASE64_ENCODE_LENGTH(kSecretBytes) + BASE64_ENCODE_FINAL_LENGTH, '\0');
  std::size_t size =
      nettle_base64_encode_update(&encoder, text.data(), secret.size(), secret.data());
  size += nettle_base64_encode_final(&encoder, text.data() + size);
  text.resize(size);
  while (text.ends_with('=')) text.pop_back();
  return std::string(kPrefix) + text;
}

std::string token_digest(std::string_view token) { return sha256_of(token); }

std::string bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(authorization[i])) != kScheme[i]) return {};
  }
  authorization.remove_prefix(kScheme.size());
  if (authorization.find_first_of(" \t,") != std::string_view::npos) return {};
  return std::string(authorization);
}

bool same_digest(std::string_view left, std::string_view right) {
  return left.size() == right.size() && nettle_memeql_sec(left.data(), right.data(), left.size());
}

}  // namespace luolab
