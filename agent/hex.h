// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace luolab {

/// Two lower-case digits a byte.
std::string to_hex(std::string_view bytes);

/// The bytes; empty optional where the text has an odd length or another character.
std::optional<std::string> from_hex(std::string_view text);

/// 16 digits, most significant first.
std::string hex_word(std::uint64_t word);

}  // namespace luolab
