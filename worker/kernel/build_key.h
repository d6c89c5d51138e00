// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/protocol/kernel_spec.h"
#include "worker/kernel/toolchain.h"

namespace luolab {

/// All that decides what comes out of a build. Names, paths, owners and dates are not in it, nor
/// is whether a compiler cache or an older build helped.
struct BuildIngredients {
  std::string base_digest;             ///< of the source's content (TreeDigest)
  std::vector<std::string> patches;    ///< texts, in the order in which they are applied
  std::vector<std::string> fragments;  ///< texts, in order
  Toolchain toolchain;
  std::vector<std::string> variables;  ///< NAME=VALUE that make gets

  static BuildIngredients of(const KernelSpec& kernel, std::string base_digest,
                             Toolchain toolchain);

  /// The digest that the build is known by.
  std::string key() const;
  /// The digest of all but the patches: builds of one family can grow out of one another.
  std::string family() const;
  /// SHA-256 of each patch.
  std::vector<std::string> patch_digests() const;
};

/// What make gets besides its targets, the same for every build: architecture, and the names and
/// the date that the image bears (Documentation/kbuild/reproducible-builds.rst).
const std::vector<std::string>& build_variables();

}  // namespace luolab
