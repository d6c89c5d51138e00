// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"
#include "worker/kernel/build_cache.h"

namespace luolab {

/// Takes a kernel that somebody else built into the cache: a bzImage, or a build tree that holds
/// one (arch/x86/boot/bzImage, and vmlinux). Copied, so that a run is not disturbed when the
/// original is built anew. Its digest is the SHA-256 of the image. Blocks.
/// Fault::scenario where there is no bzImage or where patches or fragments are asked for.
Result<CachedBuild> adopt_prebuilt(const CacheFolder& cache, const KernelSpec& kernel);

}  // namespace luolab
