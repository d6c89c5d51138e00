// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace luolab {

/// The known word fewest edits away from `word` (insert, delete, replace, swap of neighbours),
/// if it is near enough to be what was meant: at most a third of its length, at least one edit
/// allowed.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known);

}  // namespace luolab
