// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "worker/kernel/base_source.h"
#include "worker/kernel/build_cache.h"
#include "worker/kernel/build_key.h"
#include "worker/kernel/build_log.h"
#include "worker/kernel/kernel_builder.h"
#include "worker/kernel/kernel_config.h"
#include "worker/kernel/patched_tree.h"

namespace luolab {

/// What one build starts from.
struct BuildOrder {
  CacheFolder cache;
  BuilderOptions options;
  KernelSpec kernel;
  BaseTree base;
  BuildIngredients ingredients;
  ProgressReport report;
};

/// Makes one build that is not in the cache yet, in a work area, and publishes it when it is
/// whole. The caller holds the lock of the key. Once only.
class BuildJob {
 public:
  explicit BuildJob(BuildOrder order);
  Task<BuildResult> run();

 private:
  using Trouble = std::optional<BuildError>;

  Task<Trouble> start_from_relative();
  Task<Trouble> patch();
  Task<Trouble> configure();
  Trouble check_options() const;
  Task<Trouble> compile();
  CachedBuild finish();

  Task<Trouble> make(std::vector<std::string> targets, std::string stage);
  SandboxSpec make_command(const std::vector<std::string>& targets) const;
  void add_compiler_cache(SandboxSpec& spec) const;
  BuildError make_failed(const ProcessOutput& output);
  void tell(const std::string& stage, std::uint64_t done = 0, std::uint64_t total = 0) const;
  void tell_steps(const std::string& stage) const;
  bool is_trusted() const;

  BuildOrder order_;
  std::string key_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point compiling_since_;
  WorkArea area_;
  std::filesystem::path entry_;
  std::filesystem::path obj_;
  PatchedTree tree_;
  std::vector<ConfigRequest> requests_;
  std::vector<Patch> patches_;  ///< those still to apply
  std::optional<std::string> grown_from_;
  bool kconfig_changed_ = false;
  std::uint64_t expected_steps_ = 0;
  MakeProgress progress_;
  std::ofstream log_;
};

}  // namespace luolab
