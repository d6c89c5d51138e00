// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace luolab {

/// Whether there is something for patch(1) to apply: a unified hunk, or git's header of a rename,
/// deletion, mode change or new empty file.
bool has_diff(std::string_view text);

/// Why `text` can't be taken as a patch: no diff, NUL bytes, a binary diff, a context diff.
/// Empty where nothing is wrong. Whether it applies is for patch(1) to say.
std::optional<std::string> patch_trouble(std::string_view text);

/// The commit that `git format-patch --base` recorded in the trailer `base-commit:`.
std::optional<std::string> base_commit_of(std::string_view text);

/// Files below the tree that the patch reads or writes, strip level 1, in order, each once; both
/// sides of a rename or copy. Source: the header lines that patch(1) and git-apply(1) read.
std::vector<std::string> files_of_patch(std::string_view text);

}  // namespace luolab
