// SPDX-License-Identifier: Apache-2.0
// A machine that an attempt left away from home, and what runs there now: an SSH server with
// another key than the home system's.
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/programs/ssh_server.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/left_mark.h"
#include "worker/target/ssh_key.h"
#include "worker/target/ssh_target.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LeftMachine : public testing::Test {
 protected:
  /// What comes of looking for the machine, which an attempt with this key of its own left.
  Result<MachineReport> look(const std::string& key_of_attempt) {
    SshTargetOptions options;
    options.machine.name = "rack1";
    options.machine.login = server_.login();
    options.machine.host_key = make_ssh_key().public_text;
    options.machine.home_limit = std::chrono::seconds(1);
    options.machine.power.cycle = "touch " + cycled_.string();
    options.away_file = folder_.path() / "away";
    write_left_mark(options.away_file, {7, key_of_attempt});
    SshTarget target(io_.get_executor(), std::move(options));
    return run_task(io_, target.prepare());
  }

  asio::io_context io_;
  TempDir folder_{fs::temp_directory_path()};
  SshServer server_;
  const fs::path cycled_ = folder_.path() / "cycled";
};

TEST_F(LeftMachine, AnotherLabsKernelIsNotSwitchedOff) {
  const auto found = look(make_ssh_key().public_text);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().what, HasSubstr("another lab's kernel runs there"));
  EXPECT_FALSE(fs::exists(cycled_));
}

TEST_F(LeftMachine, OurOwnKernelIsSwitchedOffAndTheMachineAwaited) {
  const auto found = look(server_.host_key());
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().what, HasSubstr("is not back in its home kernel"));
  EXPECT_TRUE(fs::exists(cycled_));
}

TEST(LeftMark, IsReadAsItWasWritten) {
  const TempDir folder(fs::temp_directory_path());
  const fs::path file = folder.path() / "away";
  EXPECT_EQ(read_left_mark(file).token, 0);
  write_left_mark(file, {12, "ssh-ed25519 AAAA"});
  EXPECT_EQ(read_left_mark(file).token, 12);
  EXPECT_EQ(read_left_mark(file).host_key, "ssh-ed25519 AAAA");
}

}  // namespace
}  // namespace luolab
