// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/token_record.h"

namespace luolab {

std::string_view role_name(TokenRole role);
std::optional<TokenRole> parse_role(std::string_view name);

/// Whether a token of role `has` is good for what asks for `needs`: admin for all, any for read,
/// the others for what asks for just them.
bool allows(TokenRole has, TokenRole needs);

/// A fresh secret: "luolab_" and 43 characters of base64url, 256 random bits. Throws
/// std::system_error where the kernel gives no randomness.
std::string new_token();

/// What the store keeps of a token: SHA-256 of its text. The secret has 256 random bits, so no
/// slow hash is needed to keep it from being guessed.
std::string token_digest(std::string_view token);

/// The token of an Authorization field "Bearer TOKEN" (RFC 6750); empty where it is none.
std::string bearer_token(std::string_view authorization);

/// Whether two digests are equal, in a time that does not tell where they differ.
bool same_digest(std::string_view left, std::string_view right);

}  // namespace luolab
