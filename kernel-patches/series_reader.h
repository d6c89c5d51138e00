// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// All patches of one series together may not be larger.
inline constexpr std::uint64_t kSeriesLimit = std::uint64_t{64} << 20;

/// Reads what `--series` takes: a patch file, an mbox, a `git format-patch` folder, a quilt folder
/// (with a `series` file; strip level 1), or `git:DIR:RANGE`. Cover letters and answers without a
/// diff are left out; the mails of one series are put in the order of their numbers.
/// Texts are kept as they are (also the trailer base-commit:), but for CRLF line ends.
/// Fault::scenario names the file and what is wrong with it. Blocks on the disk and on git.
Result<Series> read_series(const std::string& argument);

}  // namespace luolab
