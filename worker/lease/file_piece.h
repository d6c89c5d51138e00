// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/unique_fd.h"

namespace luolab {

/// Opens a file for reading pieces of it. Throws std::system_error where it can't be opened.
UniqueFd open_for_pieces(const std::filesystem::path& file);

/// Up to `most` bytes from `offset` on; empty at the end. Throws std::system_error.
std::string read_piece(const UniqueFd& file, std::uint64_t offset, std::size_t most);

}  // namespace luolab
