// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/job.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(JobTitle, NamesScenarioPointAndRepetition) {
  Job job;
  job.scenario = "memfd-under-load";
  EXPECT_EQ(job_title(job), "memfd-under-load#0");
  job.point = {{"size", "64MiB"}, {"cpus", "2"}};
  job.repetition = 3;
  EXPECT_EQ(job_title(job), "memfd-under-load[cpus=2,size=64MiB]#3");
}

TEST(KernelTitle, NamesTheBaseAndEverySeries) {
  KernelSpec kernel;
  kernel.base.name = "linux-7.3";
  EXPECT_EQ(kernel_title(kernel), "linux-7.3");
  kernel.series = {{"phase-stamps", {}}, {"mine", {}}};
  EXPECT_EQ(kernel_title(kernel), "linux-7.3 + phase-stamps + mine");
}

TEST(MemfdTitle, NamesTheSessionToo) {
  EXPECT_EQ(memfd_title({"vm-0", {}}, MemfdSpec{.name = "ram"}), "vm-0/ram");
}

}  // namespace
}  // namespace luolab
