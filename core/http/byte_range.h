// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace luolab {

/// What a Range field asks for of content of a known size.
struct ByteRange {
  enum class Kind {
    whole,          ///< no range, one that is malformed, or several: answer 200
    part,           ///< answer 206
    unsatisfiable,  ///< answer 416
  };
  Kind kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< bytes
};

/// Pure (RFC 9110, 14.1.2 and 14.2). `range`: the field's value, empty where there is none.
ByteRange parse_byte_range(std::string_view range, std::uint64_t size_bytes);

}  // namespace luolab
