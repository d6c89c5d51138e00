// SPDX-License-Identifier: Apache-2.0
// The prefix /usr/local, with /etc, /var and a user of its own. In a mount namespace the test has
// an /etc, a /usr/local and a /var/lib that are nobody else's; sshd, useradd and userdel are real.
#include <pwd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/fleet/fleet_setting.h"
#include "tests/integration/fleet/own_mounts.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class StandardPrefix : public testing::Test {
 protected:
  StandardPrefix() {
    // Whatever luolab has on this machine is out of sight.
    const fs::path over = setting_.path("over");
    fs::create_directories(over);
    mounts_.mount("tmpfs", over, "size=64m");
    fs::create_directories(over / "upper");
    fs::create_directories(over / "work");
    mounts_.mount("overlay", "/etc",
                  "lowerdir=/etc,upperdir=" + (over / "upper").string() +
                      ",workdir=" + (over / "work").string());
    mounts_.mount("tmpfs", "/usr/local", "size=256m");
    mounts_.mount("tmpfs", "/var/lib", "size=16m");
    fs::create_directories("/usr/local/bin");
    fs::remove_all("/etc/luolab");
    asio::io_context io;
    run_task(io, run_process({.program = "userdel", .arguments = {std::string("luolab-worker")}}));
    host_.emplace(setting_.path("host"), "/usr/local");
  }

  ProcessOutput fleet(const std::string& order, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--json"});
    if (order == "add") more.insert(more.end(), {"--run-as", "luolab-worker"});
    return setting_.fleet(order, *host_, std::move(more));
  }
  std::string passwd() const { return read_file("/etc/passwd").value(); }

  FleetSetting setting_;
  OwnMounts mounts_;
  std::optional<FleetHost> host_;
};

TEST_F(StandardPrefix, TheUserIsMadeAndEverythingGoesAgain) {
  ASSERT_THAT(passwd(), Not(HasSubstr("luolab-worker")));
  const fs::path token = setting_.path("token");
  write_scratch_file(token, "secret\n");
  fs::permissions(token, fs::perms(0600));
  const auto added = fleet("add", {"--token-file", token.string()});
  ASSERT_EQ(added.exit_code, 0) << added.output;
  EXPECT_THAT(steps_of(added), Contains(Pair("user", "changed")));
  EXPECT_THAT(passwd(), HasSubstr("luolab-worker:x:"));
  EXPECT_TRUE(fs::exists("/usr/local/lib/systemd/system/luolab-worker.service"));
  struct stat info {};
  ASSERT_EQ(::stat("/etc/luolab/worker.token", &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  EXPECT_NE(info.st_uid, 0U) << "it is the worker's";
  ASSERT_EQ(::stat("/var/lib/luolab-worker", &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0700U);
  EXPECT_THAT(host_->orders(), Contains("enable luolab-worker.service"));

  const auto again = fleet("add", {"--token-file", token.string()});
  EXPECT_EQ(state_of(again), "unchanged") << again.output;

  const auto removed = fleet("remove");
  EXPECT_EQ(removed.exit_code, 0) << removed.output;
  EXPECT_THAT(passwd(), Not(HasSubstr("luolab-worker")));
  EXPECT_FALSE(fs::exists("/etc/luolab"));
  EXPECT_TRUE(fs::is_empty("/var/lib"));
  EXPECT_TRUE(fs::is_empty("/usr/local/bin"));
  EXPECT_EQ(std::distance(fs::directory_iterator("/usr/local"), {}), 1) << "bin, as before";
}

TEST_F(StandardPrefix, AFailedAddTakesTheUserAwayToo) {
  host_->set("refuses");
  const auto added = fleet("add");
  EXPECT_EQ(added.exit_code, 2) << added.output;
  EXPECT_THAT(reason_of(added), HasSubstr("what was begun is undone"));
  EXPECT_THAT(passwd(), Not(HasSubstr("luolab-worker")));
  EXPECT_FALSE(fs::exists("/etc/luolab"));
  EXPECT_TRUE(fs::is_empty("/var/lib"));
  EXPECT_EQ(std::distance(fs::directory_iterator("/usr/local"), {}), 1);
}

TEST_F(StandardPrefix, TheProgramsOfAControllerThereStay) {
  const auto added = fleet("add");
  ASSERT_EQ(added.exit_code, 0) << added.output;
  write_scratch_file("/usr/local/lib/systemd/system/luolab-controller.service", "[Unit]\n");
  const auto removed = fleet("remove");
  EXPECT_EQ(removed.exit_code, 0) << removed.output;
  EXPECT_TRUE(fs::exists("/usr/local/bin/luolab"));
  EXPECT_TRUE(fs::exists("/usr/local/share/luolab/scenarios"));
  EXPECT_FALSE(fs::exists("/usr/local/lib/systemd/system/luolab-worker.service"));
  EXPECT_FALSE(fs::exists("/etc/luolab/worker.env"));
}

}  // namespace
}  // namespace luolab
