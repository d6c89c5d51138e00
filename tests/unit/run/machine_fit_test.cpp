// SPDX-License-Identifier: Apache-2.0
// Which jobs are nothing for a machine.
#include "worker/run/machine_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

TEST(MachineFit, MoreMemoryThanAskedForIsTooMuchWhereTheJobCountsIt) {
  Job job;
  job.target.memory_bytes = std::uint64_t{768} << 20;
  MachineReport machine;
  machine.cpus = 1;
  machine.memory_bytes = std::uint64_t{2} << 30;
  EXPECT_EQ(does_not_fit(job, machine), "");
  StepSpec step;
  step.op = "info";
  step.members = R"({"mem_total_kib": {"same_as": "cold", "within": 512}})";
  job.after.push_back(step);
  EXPECT_EQ(does_not_fit(job, machine), "");
  job.after.back().members = R"({"mem_total_kib": {"max": 718000}})";
  EXPECT_THAT(does_not_fit(job, machine), HasSubstr("it has 2 GiB of memory"));
  machine.memory_bytes = std::uint64_t{750} << 20;
  EXPECT_EQ(does_not_fit(job, machine), "");
  machine.memory_bytes = std::uint64_t{512} << 20;
  EXPECT_THAT(does_not_fit(job, machine), HasSubstr("the job asks for 768MiB"));
}

TEST(MachineFit, AMachineThatTheWorkerCanNotHoldIsSkipped) {
  Job job;
  job.target.memory_bytes = std::uint64_t{8} << 30;
  EXPECT_EQ(exceeds_worker(job, std::uint64_t{24} << 30), "");
  EXPECT_THAT(exceeds_worker(job, std::uint64_t{8} << 30),
              HasSubstr("this worker has 8 GiB of memory, the job asks for a machine with 8GiB"));
}

}  // namespace
}  // namespace luolab
