// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/base/error.h"
#include "worker/kernel/build_cache.h"

namespace luolab {

/// Writes what others need of a finished build into one archive (tar, zstd): bzImage, vmlinux,
/// config, metadata.json and build.json. The same build gives the same bytes. Fault::lab where a
/// file is missing or the disk refuses. Blocks; from any thread.
Result<void> pack_build(const std::filesystem::path& build, const std::filesystem::path& archive);

/// Unpacks such an archive into an empty folder. It comes from elsewhere and is not trusted: every
/// file must be a plain one of those names, each once and all of them, within limits of size; what
/// image and ELF file say of themselves (release, build id) is read from them, and not believed.
/// Returns what build.json says, so corrected. Fault::lab names what is wrong; the folder may then
/// hold some of it. Blocks; from any thread.
Result<BuildRecord> unpack_build(const std::filesystem::path& archive,
                                 const std::filesystem::path& folder);

}  // namespace luolab
