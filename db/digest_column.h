// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace luolab {

/// A digest as it lies in a column of type ANY: bytes (half the size) where it is lower-case
/// hexadecimal, else the text as it is; null where another column holds the same.
using DigestValue = std::variant<std::nullptr_t, std::string, std::vector<std::uint8_t>>;

DigestValue digest_value(std::string_view text);

/// Lower-case hexadecimal digits of `bytes`, as a BLOB column gives them.
std::string digest_text(std::string_view bytes);

}  // namespace luolab
