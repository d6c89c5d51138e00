// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// A base written on the command line or in a scenario, without a file of its own:
/// `dir:PATH`, `git:PATH@REF`, `git:URL@REF`, `tarball:PATH#sha256=HEX`, `prebuilt:PATH`.
/// Empty where `argument` has none of these prefixes (it is a name then); Fault::scenario where
/// the rest is not what the kind wants. Paths become absolute; nothing is read. Any thread.
std::optional<Result<BaseSpec>> base_from_argument(std::string_view argument);

}  // namespace luolab
