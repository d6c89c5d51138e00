// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "worker/kernel/build_cache.h"
#include "worker/kernel/kernel_builder.h"

namespace luolab {

/// Runs one coroutine to its end on an event loop of its own; what it throws is thrown.
template <class T>
T run_task(asio::io_context& context, Task<T> task) {
  std::optional<T> result;
  const auto keep = [&]() -> Task<void> { result = co_await std::move(task); };
  std::exception_ptr failure;
  asio::co_spawn(context, keep, [&](std::exception_ptr thrown) { failure = thrown; });
  context.restart();
  context.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

/// A toy kernel's source and an empty cache, both gone afterwards. Fails, with the command that
/// mends it, where the machine lacks bubblewrap, patch, make or gcc.
class BuildHarness : public testing::Test {
 protected:
  void SetUp() override;

  std::filesystem::path source() const { return dir_.path() / "source"; }
  CacheFolder cache() const { return {dir_.path() / "cache"}; }
  BuilderOptions options() const;
  BuildResult build(KernelSpec kernel);
  std::string metadata_of(const KernelBuild& build) const;
  /// The stages that the last `build` told of, each once, in order.
  const std::vector<std::string>& stages() const { return stages_; }

  TempDir dir_{std::filesystem::temp_directory_path()};
  asio::io_context context_;
  std::vector<std::string> stages_;
};

}  // namespace luolab
