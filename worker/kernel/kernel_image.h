// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace luolab {

/// The release that a bzImage bears ("7.3.4"), the first word of its version text. Source:
/// Documentation/arch/x86/boot.rst, setup header: magic "HdrS" at 0x202, kernel_version at 0x20e.
/// Fault::scenario where the file is no bzImage.
Result<std::string> release_of_image(const std::filesystem::path& image);

/// The GNU build id of an ELF file, in hexadecimal; empty where it has none. Source: elf(5), notes
/// of type NT_GNU_BUILD_ID. Fault::scenario where the file is no 64-bit little-endian ELF file.
Result<std::string> build_id_of(const std::filesystem::path& elf);

}  // namespace luolab
