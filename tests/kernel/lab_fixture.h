// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/places.h"
#include "core/protocol/job.h"
#include "core/protocol/report.h"
#include "worker/run/attempt.h"

namespace luolab {

/// Real attempts: real kernels, QEMU, the agent. Kernels come from the cache, or are built first,
/// which takes minutes (ctest builds them in a fixture before any of these tests).
class LabFixture : public testing::Test {
 protected:
  LabFixture();

  /// The jobs of a scenario file, by its path from the root of the sources.
  static std::vector<Job> jobs_of(const std::string& file);
  static Job quickstart() { return jobs_of("scenarios/quickstart.yaml").front(); }

  AttemptReport run(const Job& job, AttemptHooks hooks = {});
  /// The same with a pool of saved machines, which lives on `io`.
  AttemptReport run(asio::io_context& io, const Job& job, AttemptHooks hooks, TemplatePool* pool);
  KernelBuild build(const KernelSpec& kernel);

  /// All that one attempt borrows.
  struct Attempt {
    Attempt(LabFixture& lab, asio::io_context& io, AttemptHooks hooks, TemplatePool* pool);
    asio::thread_pool blocking{1};
    KernelBuilder builder;
    AttemptContext context;
  };

  /// The console of the last attempt.
  std::string console() const;
  /// The page map of the last attempt.
  boost::json::value page_map() const;
  const Places& places() const { return places_; }
  /// Where the next attempts have their scratch files; kernels still come from the cache.
  void set_scratch(std::filesystem::path folder) { scratch_ = std::move(folder); }

 private:
  Places places_;
  std::filesystem::path scratch_;
  TempDir evidence_;
};

/// The first check of this name; fails the test where there is none.
const Check& check_of(const AttemptReport& report, const std::string& name);

}  // namespace luolab
