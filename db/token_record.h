// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/enum.hpp>

#include "db/record.h"

namespace luolab {

/// 0: nobody's token; a local user who needs none.
struct TokenId {
  std::int64_t value = 0;
  auto operator<=>(const TokenId&) const = default;
};

/// What the bearer may do. admin may all, submit may also read; worker is a role of its own.
enum class TokenRole { read, submit, worker, admin };
BOOST_DESCRIBE_ENUM(TokenRole, read, submit, worker, admin)

/// The secret itself is never stored.
struct NewToken {
  std::string name;  ///< for people
  TokenRole role = TokenRole::read;
  std::string sha256;  ///< of the secret: 64 lower-case hexadecimal digits
  std::optional<TimePoint> expires;
};

struct TokenRow {
  TokenId id;
  std::string name;
  TokenRole role = TokenRole::read;
  TimePoint created;
  std::optional<TimePoint> expires;
  std::optional<TimePoint> revoked;

  /// Neither revoked nor expired.
  bool valid(TimePoint at) const { return !revoked && (!expires || at < *expires); }
};

}  // namespace luolab
