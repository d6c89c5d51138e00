// SPDX-License-Identifier: Apache-2.0
#include "worker/run/fork_groups.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

Job job(const std::string& incoming, std::uint64_t size_bytes) {
  Job made;
  made.scenario = "s";
  made.kernels.resize(2);
  made.kernels[0].base.name = "linux-7.3";
  made.kernels[1].base.name = incoming;
  made.hops = {1};
  made.sessions = {{"s", {{.name = "m", .size_bytes = size_bytes}}}};
  return made;
}

std::vector<StartPoint> points(const ForkGroups& groups, const Job& of) {
  std::vector<StartPoint> found;
  for (const TemplateWish& wish : groups.wishes(of)) found.push_back(wish.point);
  return found;
}

using Points = std::vector<StartPoint>;

TEST(ForkGroups, AJobAloneStartsFromPowerOn) {
  const std::vector<Job> jobs{job("a", 1)};
  EXPECT_EQ(points(ForkGroups(jobs), jobs[0]), Points{});
}

TEST(ForkGroups, JobsWithTheSameSessionsShareAPreparedMachine) {
  const std::vector<Job> jobs{job("a", 1), job("b", 1)};
  const ForkGroups groups(jobs);
  EXPECT_EQ(points(groups, jobs[0]), Points{StartPoint::prepared});
  const TemplateWish wish = groups.wishes(jobs[1]).at(0);
  EXPECT_EQ(wish.key, groups.wishes(jobs[0]).at(0).key);
  EXPECT_EQ(wish.users, 2U);
  ASSERT_EQ(wish.incoming.size(), 2U) << "the initramfs holds the kernels of both";
  EXPECT_EQ(wish.incoming[0].base.name, "a");
  EXPECT_EQ(wish.incoming[1].base.name, "b");
}

TEST(ForkGroups, JobsWithOtherSessionsShareABootedMachine) {
  const std::vector<Job> jobs{job("a", 1), job("a", 2)};
  EXPECT_EQ(points(ForkGroups(jobs), jobs[0]), Points{StartPoint::booted});
}

TEST(ForkGroups, APreparedMachineIsMadeFromTheBootedOneWhereOthersNeedThat) {
  const std::vector<Job> jobs{job("a", 64 << 20), job("a", 64 << 20), job("a", 2)};
  const ForkGroups groups(jobs);
  EXPECT_EQ(points(groups, jobs[0]), (Points{StartPoint::booted, StartPoint::prepared}));
  EXPECT_EQ(points(groups, jobs[2]), Points{StartPoint::booted});
}

TEST(ForkGroups, LittleMemoryIsFilledAgainRatherThanSavedASecondTime) {
  const std::vector<Job> jobs{job("a", 4096), job("a", 4096), job("a", 2)};
  EXPECT_EQ(points(ForkGroups(jobs), jobs[0]), Points{StartPoint::booted});
}

TEST(ForkGroups, WhatTheMachineIsMustBeTheSame) {
  Job larger = job("a", 1), faster = job("a", 1), wordier = job("a", 1), older = job("a", 1);
  larger.target.memory_bytes *= 2;
  faster.target.cpus = 2;
  wordier.target.cmdline = {"nosmt"};
  older.kernels[0].base.name = "linux-7.2";
  const std::vector<Job> jobs{job("a", 1), larger, faster, wordier, older};
  const ForkGroups groups(jobs);
  for (const Job& each : jobs) EXPECT_EQ(points(groups, each), Points{});
}

TEST(ForkGroups, AJobThatForbidsItIsNotCounted) {
  std::vector<Job> jobs{job("a", 1), job("a", 1)};
  jobs[1].fork = Fork::never;
  const ForkGroups groups(jobs);
  EXPECT_EQ(points(groups, jobs[0]), Points{});
  EXPECT_EQ(points(groups, jobs[1]), Points{});
}

TEST(ForkGroups, AHandedOverMachineIsForJobsThatAskForItAndGoTheSameWay) {
  std::vector<Job> jobs{job("a", 1), job("a", 1), job("b", 1), job("a", 1)};
  for (std::size_t i = 0; i < 3; ++i) jobs[i].fork = Fork::after_kexec;
  const ForkGroups groups(jobs);
  EXPECT_EQ(points(groups, jobs[0]), (Points{StartPoint::prepared, StartPoint::handed_over}));
  EXPECT_EQ(points(groups, jobs[2]), Points{StartPoint::prepared});
  EXPECT_EQ(points(groups, jobs[3]), Points{StartPoint::prepared});
}

TEST(ForkGroups, KernelsNumberedOtherwiseAreTheSameKernels) {
  Job turned = job("a", 1);
  std::swap(turned.kernels[0], turned.kernels[1]);
  turned.outgoing = 1;
  turned.hops = {0};
  const std::vector<Job> jobs{job("a", 1), turned};
  EXPECT_EQ(points(ForkGroups(jobs), turned), Points{StartPoint::prepared});
}

TEST(ForkGroups, OneInitramfsHoldsAFewKernelsOnly) {
  std::vector<Job> jobs;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) jobs.push_back(job(name, 1));
  const ForkGroups groups(jobs);
  EXPECT_EQ(groups.wishes(jobs[0]).at(0).incoming.size(), 4U);
  EXPECT_EQ(groups.wishes(jobs[5]).at(0).incoming.size(), 2U);
  EXPECT_NE(groups.wishes(jobs[0]).at(0).key, groups.wishes(jobs[5]).at(0).key);
}

TEST(ForkGroups, AJobOfAnotherRunIsUnknown) {
  const std::vector<Job> jobs{job("a", 1), job("a", 1)};
  EXPECT_EQ(points(ForkGroups(jobs), job("z", 1)), Points{});
}

}  // namespace
}  // namespace luolab
