// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/protocol/kernel_spec.h"

namespace luolab {

/// Writes a source tree that behaves like a kernel's for the builder, and builds in a moment: a
/// Makefile with the targets tinyconfig, olddefconfig and bzImage and with O=, a C file per folder,
/// and a bzImage with a proper setup header. olddefconfig drops CONFIG_IMPOSSIBLE. A bzImage waits
/// for ever while mm/shmem.c holds the word HANG.
void write_toy_kernel(const std::filesystem::path& folder);

/// A base of kind dir.
BaseSpec toy_base(const std::filesystem::path& folder);

/// A patch that replaces the one line of mm/shmem.c or kernel/fork.c: "int VARIABLE = OLD;".
Patch value_patch(const std::string& file, const std::string& variable, int old_value,
                  const std::string& new_line);

KernelSpec toy_kernel(const std::filesystem::path& folder, std::vector<Patch> patches = {});

}  // namespace luolab
