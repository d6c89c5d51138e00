// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace luolab {

/// A part of `text`: up to its first newline, without it. Pure.
inline std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace luolab
