// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kernel_builder/build_harness.h"

#include "core/async/process.h"
#include "tests/integration/kernel_builder/toy_kernel.h"

namespace luolab {

void BuildHarness::SetUp() {
  for (const char* program : {"bwrap", "patch", "make", "gcc", "prlimit"}) {
    ASSERT_FALSE(find_program(program).empty())
        << program << ": apt-get install bubblewrap patch make gcc util-linux";
  }
  write_toy_kernel(source());
}

BuilderOptions BuildHarness::options() const {
  BuilderOptions options;
  options.cache_dir = cache().root;
  options.jobs = 1;
  return options;
}

BuildResult BuildHarness::build(KernelSpec kernel) {
  KernelBuilder builder(context_.get_executor(), options());
  stages_.clear();
  const auto report = [this](const BuildProgress& progress) {
    if (stages_.empty() || stages_.back() != progress.stage) stages_.push_back(progress.stage);
  };
  return run_task(context_, builder.build(std::move(kernel), report));
}

std::string BuildHarness::metadata_of(const KernelBuild& build) const {
  return read_file(build.metadata).value();
}

}  // namespace luolab
