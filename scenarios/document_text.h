// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "scenarios/diagnostic.h"

namespace luolab {

/// The largest file of scenarios.
inline constexpr std::size_t kLargestDocumentBytes = std::size_t{1} << 20;

/// Why a text must not reach the YAML parser: too large, not UTF-8, or with control characters.
/// One pass; a text over the limit is not even looked at.
std::optional<Diagnostic> refusal_of_text(std::string_view text, std::string_view file);

}  // namespace luolab
