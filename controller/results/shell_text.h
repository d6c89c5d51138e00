// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace luolab {

// Parts of shell scripts (POSIX sh) that carry text from strangers.

/// Lines that write `text` to the file `name` of "$folder". A text without a newline at its end
/// gets one. `name` must not need quoting.
std::string shell_file(std::string_view name, std::string_view text);

/// The same for bytes of any kind, exactly as they are; the script then needs base64 (coreutils).
std::string shell_binary(std::string_view name, std::string_view bytes);

}  // namespace luolab
