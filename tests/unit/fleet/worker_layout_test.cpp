// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/worker_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(WorkerLayout, BelowUsrLocalConfigurationAndStateAreTheSystemsOwn) {
  const auto layout = worker_layout("/usr/local").value();
  EXPECT_EQ(layout.program, "/usr/local/bin/luolab");
  EXPECT_EQ(layout.token, "/etc/luolab/worker.token");
  EXPECT_EQ(layout.state, "/var/lib/luolab-worker");
}

TEST(WorkerLayout, AnotherPrefixHoldsEverything) {
  const auto layout = worker_layout("/opt/lab").value();
  for (const std::string& path :
       {layout.program, layout.agent, layout.data, layout.unit, layout.record, layout.options,
        layout.token, layout.authority, layout.state})
    EXPECT_THAT(path, testing::StartsWith("/opt/lab/"));
}

TEST(WorkerLayout, FoldersComeBeforeWhatIsInThem) {
  const auto folders = worker_layout("/opt/lab").value().folders();
  EXPECT_EQ(folders.front(), "/opt");
  EXPECT_TRUE(std::ranges::is_sorted(folders));
  EXPECT_THAT(folders, AllOf(Contains("/opt/lab/lib/systemd/system"), Contains("/opt/lab/var/lib"),
                             Not(Contains("/opt/lab/share/luolab"))));
}

TEST(WorkerLayout, WhatAShellCouldReadAsSomethingElseIsNoPrefix) {
  for (const char* wrong : {"", "/", "opt", "/opt/", "/opt/../etc", "/a b", "/a;b", "/$HOME",
                            "/a//b", "/a'b", "/a\nb", "/opt/."})
    EXPECT_FALSE(worker_layout(wrong)) << wrong;
}

TEST(WorkerLayout, TheUnitOfUsrLocalIsPackagingsOwnButForItsPrefixAndGroup) {
  const std::string unit = worker_unit(worker_layout("/usr/local").value(), "luolab-worker");
  EXPECT_THAT(unit, AllOf(HasSubstr("ExecStart=/usr/local/bin/luolab worker $WORKER_OPTIONS\n"),
                          HasSubstr("User=luolab-worker\n"), HasSubstr("StateDirectory="),
                          HasSubstr("EnvironmentFile=/etc/luolab/worker.env\n"),
                          Not(HasSubstr("@LUOLAB"))));
}

TEST(WorkerLayout, TheUnitOfAnotherPrefixKeepsItsStateThere) {
  const std::string unit = worker_unit(worker_layout("/opt/lab").value(), "bench");
  EXPECT_THAT(unit, AllOf(HasSubstr("User=bench\n"), Not(HasSubstr("StateDirectory")),
                          HasSubstr("ReadWritePaths=/opt/lab/var/lib/luolab-worker\n"),
                          HasSubstr("EnvironmentFile=/opt/lab/etc/luolab/worker.env\n"),
                          Not(HasSubstr("%S"))));
}

}  // namespace
}  // namespace luolab
