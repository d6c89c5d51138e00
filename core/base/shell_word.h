// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace luolab {

/// `text` as one word that a POSIX shell reads back as it is: in quotes, always. Pure.
std::string shell_word(std::string_view text);

/// The same for people: without quotes where none are needed. Pure.
std::string plain_shell_word(std::string_view text);

}  // namespace luolab
