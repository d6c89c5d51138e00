// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "core/protocol/kernel_spec.h"
#include "worker/kernel/base_source.h"
#include "worker/kernel/build_cache.h"
#include "worker/kernel/build_key.h"

namespace luolab {

/// Everything that metadata.json tells of one build.
struct BuildStory {
  BuildRecord record;
  const KernelSpec* kernel = nullptr;
  BaseTree base;
  BuildIngredients ingredients;
  std::string config_sha256;
  std::string runtime_sha256;             ///< runtime_content_of vmlinux
  std::optional<std::string> grown_from;  ///< the relative's key; empty: from nothing
  std::chrono::milliseconds duration{};
};

/// metadata.json, version 1; docs/kernel-builds.md describes it.
boost::json::value metadata_of(const BuildStory& story);

/// The command that makes the same build again, for a shell.
std::string reproducer_of(const KernelSpec& kernel);

}  // namespace luolab
