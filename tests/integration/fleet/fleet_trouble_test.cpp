// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a machine: said with its remedy, and nothing left behind.
#include <signal.h>

#include <fstream>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/fleet/fleet_setting.h"
#include "tests/integration/fleet/own_mounts.h"
#include "tests/programs/program.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/ssh_key.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class FleetTrouble : public testing::Test {
 protected:
  /// The command fails with these words, and the machine is as it was.
  void expect_refusal(const std::vector<std::string>& more, const std::string& words) {
    const auto before = host_.listing();
    const auto ran = setting_.fleet("add", host_, more);
    EXPECT_EQ(ran.exit_code, 2) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr(words));
    EXPECT_EQ(host_.listing(), before) << ran.output;
    EXPECT_FALSE(host_.is("active"));
    EXPECT_FALSE(host_.is("enabled"));
  }
  /// Until systemctl, which hangs, was asked to start the worker.
  Task<void> until_it_starts(asio::io_context& io) const {
    asio::steady_timer timer(io);
    while (!host_.is("active")) {
      timer.expires_after(std::chrono::milliseconds(50));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  /// `add` of a worker whose start hangs, and a signal that comes in the middle of it.
  ProcessOutput add_hit_by(int signal) {
    host_.set("hangs");
    asio::io_context io;
    ProcessOutput ended;
    const auto story = [&]() -> Task<void> {
      auto words = setting_.words("add", host_, {"--wait", "600"});
      Program add(io.get_executor(), "add", setting_.command(std::move(words)));
      co_await until_it_starts(io);
      add.signal(signal);
      ended.exit_code = co_await add.ended();
      ended.output = add.output();
    };
    run_task(io, story());
    return ended;
  }

  FleetSetting setting_;
  FleetHost host_ = setting_.make_host("host");
};

TEST_F(FleetTrouble, WithoutAHostKeyNothingIsDoneAndTheKeyIsShown) {
  const auto before = host_.listing();
  std::vector<std::string> words{"fleet",
                                 "add",
                                 host_.server().address(),
                                 "--key",
                                 host_.server().key_file(),
                                 "--controller",
                                 "http://127.0.0.1:1",
                                 "--from",
                                 setting_.tree().string()};
  const auto ran = setting_.luolab(words);
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr(key_fingerprint(host_.server().host_key())),
                                HasSubstr("--host-key \"" + host_.server().host_key() + "\""),
                                HasSubstr("ssh-keygen -lf")));
  EXPECT_EQ(host_.listing(), before);
}

TEST_F(FleetTrouble, AnotherHostKeyIsRefused) {
  expect_refusal({"--host-key", make_ssh_key().public_text},
                 "the host key is ssh-ed25519 " + key_fingerprint(host_.server().host_key()));
}

TEST_F(FleetTrouble, AUserThatIsNotLetInIsNamedWithTheRemedy) {
  const SshLogin& login = host_.server().login();
  const auto ran = setting_.luolab(
      {"fleet", "add", "nobody-of-this-name@127.0.0.1:" + std::to_string(login.port), "--key",
       host_.server().key_file(), "--host-key", host_.server().host_key(), "--controller",
       "http://127.0.0.1:1", "--from", setting_.tree().string()});
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("does not let in user nobody-of-this-name"),
                                HasSubstr("authorized_keys")));
}

TEST_F(FleetTrouble, SudoThatWantsAPasswordIsToldWithTheLineForSudoers) {
  host_.set("no-sudo");
  expect_refusal({"--sudo"}, "a password is required (allow it without a password");
}

TEST_F(FleetTrouble, AMachineWithoutSystemdIsRefused) {
  host_.set("no-systemd");
  expect_refusal({}, "no systemd answers");
}

TEST_F(FleetTrouble, AUserThatIsNotThereIsRefused) {
  expect_refusal({"--run-as", "nobody-of-this-name"}, "it has no user nobody-of-this-name");
}

TEST_F(FleetTrouble, AProgramThatDoesNotRunThereIsUndone) {
  std::ofstream(setting_.tree() / "bin/luolab") << "#!/nowhere/at/all\n";
  expect_refusal({}, "trying the program");
}

TEST_F(FleetTrouble, AWorkerThatDoesNotStartIsUndone) {
  host_.set("refuses");
  expect_refusal({}, "the worker does not start: Job for luolab-worker.service failed");
}

TEST_F(FleetTrouble, AnUpgradeThatDoesNotStartBringsTheFormerOneBack) {
  const auto added = setting_.fleet("add", host_);
  ASSERT_EQ(added.exit_code, 0) << added.output;
  const auto files = host_.listing();
  std::ofstream(setting_.tree() / "bin/luolab", std::ios::app) << "another build";
  host_.set("refuses");
  const auto ran = setting_.fleet("upgrade", host_);
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("what was begun is undone"));
  EXPECT_EQ(host_.listing(), files);
  EXPECT_EQ(host_.orders().back(), "restart luolab-worker.service") << "the former one runs again";
}

TEST_F(FleetTrouble, AControllerThatDoesNotAnswerLeavesTheWorkerWaiting) {
  host_.set("hangs");
  const auto ran = setting_.fleet("add", host_, {"--wait", "1", "--json"});
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_EQ(state_of(ran), "waiting");
  EXPECT_THAT(reason_of(ran), HasSubstr("no controller has welcomed it within 1 s"));
  EXPECT_TRUE(fs::exists(host_.prefix() / "bin/luolab"));
  const auto again = setting_.fleet("add", host_, {"--json"});
  EXPECT_EQ(state_of(again), "waiting") << "it is as asked for, and still waits";
}

TEST_F(FleetTrouble, AWorkerThatDoesNotStopIsNotRemoved) {
  const auto added = setting_.fleet("add", host_);
  ASSERT_EQ(added.exit_code, 0) << added.output;
  const auto files = host_.listing();
  host_.set("stays");
  const auto ran = setting_.fleet("remove", host_);
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("does not stop: Failed to stop luolab-worker.service"),
                                HasSubstr("`fleet remove` again ends it")));
  EXPECT_EQ(host_.listing(), files);
  host_.unset("stays");
  EXPECT_EQ(setting_.fleet("remove", host_).exit_code, 0);
  EXPECT_THAT(host_.listing(), IsEmpty());
}

TEST_F(FleetTrouble, AnUpgradeWhereNoWorkerIsSaysSo) {
  const auto ran = setting_.fleet("upgrade", host_);
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("no worker is installed below"));
  EXPECT_THAT(host_.listing(), IsEmpty());
}

/// A small file system where the worker goes.
class FleetDisk : private OwnMounts, public FleetTrouble {
 protected:
  void mount_disk(const char* options, unsigned long flags = 0) {
    fs::create_directories(host_.prefix());
    mount("tmpfs", host_.prefix(), options, flags);
  }
  void TearDown() override { unmount(); }
};

TEST_F(FleetDisk, TooLittleRoomIsToldBeforeAnythingIsWritten) {
  mount_disk("size=2m");
  expect_refusal({}, "MiB are free for " + host_.prefix().string());
}

TEST_F(FleetDisk, ADiskThatIsFullOnTheWayIsUndone) {
  mount_disk("size=200m,nr_inodes=10");  // room for the bytes, not for so many files
  expect_refusal({}, "No space left on device (make room where");
}

TEST_F(FleetDisk, AReadOnlyFileSystemIsTold) {
  mount_disk("size=200m", MS_RDONLY);
  expect_refusal({}, "can't be written: a read-only file system?");
}

TEST_F(FleetTrouble, WhatAKilledAddHasBegunIsTakenAwayWhole) {
  EXPECT_EQ(add_hit_by(SIGKILL).exit_code, 128 + SIGKILL);
  const auto ran = setting_.fleet("remove", host_);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(host_.listing(), IsEmpty());
}

TEST_F(FleetTrouble, CtrlCUndoesWhatWasBegun) {
  const auto add = add_hit_by(SIGINT);
  EXPECT_EQ(add.exit_code, 130) << add.output;
  EXPECT_THAT(add.output, HasSubstr("what was begun is undone"));
  EXPECT_THAT(host_.listing(), IsEmpty());
  EXPECT_FALSE(host_.is("active"));
  EXPECT_FALSE(host_.is("enabled"));
}

}  // namespace
}  // namespace luolab
