// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace luolab {

/// The programs that decide what comes out of a build.
struct Toolchain {
  std::string compiler;  ///< first line of `gcc --version`
  std::string linker;    ///< first line of `ld --version`
  friend bool operator==(const Toolchain&, const Toolchain&) = default;
};

/// Asks gcc and ld of /usr/bin, which the sandbox uses. Kept in `cache_file` under their path,
/// size and date, so that asking again costs two stat(2). Blocks for some milliseconds.
/// Fault::lab where one is missing.
Result<Toolchain> find_toolchain(const std::filesystem::path& cache_file);

}  // namespace luolab
