// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace luolab {

/// SHA-256 over all of a vmlinux that can make a difference when it runs: name, address, size and
/// bytes of every section that is loaded (SHF_ALLOC). Left out are the notes, which hold the build
/// id, and the line numbers in __bug_table, which change when a comment grows. So two builds with
/// the same digest behave the same; two with different ones may still do.
/// Sources: elf(5); include/asm-generic/bug.h, struct bug_entry: two to three 32-bit offsets, of
/// which the first leads to the code, then 16 bits of line and 16 bits of flags; it is 12 or, with
/// a format, 16 bytes long. Where a table is of neither kind, it counts whole.
/// Fault::scenario where the file is no ELF file.
Result<std::string> runtime_content_of(const std::filesystem::path& vmlinux);

}  // namespace luolab
