// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace luolab {

/// Writes a result for another program to a file, whole or not at all, or to standard output for
/// "-"; does nothing for "". Throws where it can't be written.
void write_result(const std::string& place, const std::string& text);

}  // namespace luolab
