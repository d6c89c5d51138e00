// SPDX-License-Identifier: Apache-2.0
// The SSH layer against OpenSSH's own server.
#include "worker/target/ssh_session.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/programs/ssh_server.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/machine_lock.h"
#include "worker/target/ssh_key.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::HasSubstr;

class SshSessionTest : public testing::Test {
 protected:
  SshResult<SshSession::Opened> open(std::string known) {
    return run_task(io_, SshSession::open(login_, {std::move(known)}, seconds(20)));
  }
  std::unique_ptr<SshSession> session() { return std::move(open(host_key_).value().session); }

  asio::io_context io_;
  TempDir folder_{fs::temp_directory_path()};
  SshServer server_;
  SshLogin login_ = server_.login();
  std::string host_key_ = server_.host_key();
};

TEST_F(SshSessionTest, RunsACommandWithInputAndTellsItsOutputErrorsAndCode) {
  const auto session = this->session();
  const auto ended = run_task(io_, session->run("cat; echo wrong >&2; exit 7", "in", seconds(20)));
  ASSERT_TRUE(ended) << ended.error().error.what;
  EXPECT_EQ(ended->output, "in");
  EXPECT_EQ(ended->errors, "wrong\n");
  EXPECT_EQ(ended->exit_code, 7);
}

TEST_F(SshSessionTest, ShowsTheHostKeyWithoutALogin) {
  SshLogin stranger = login_;
  stranger.user = "nobody-of-this-name";
  EXPECT_EQ(run_task(io_, SshSession::host_key(stranger, seconds(20))).value(), host_key_);
  EXPECT_THAT(key_fingerprint(host_key_), testing::StartsWith("SHA256:"));
}

TEST_F(SshSessionTest, AnotherHostKeyIsRefusedBeforeTheLogin) {
  const auto opened = open(make_ssh_key().public_text);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().trouble, SshTrouble::other_key);
  EXPECT_THAT(opened.error().error.what, HasSubstr(key_fingerprint(host_key_)));
}

TEST_F(SshSessionTest, AnotherClientKeyIsRefusedWithTheRemedy) {
  login_.key_text = make_ssh_key().private_text;
  const auto opened = open(host_key_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().trouble, SshTrouble::login_refused);
  EXPECT_THAT(opened.error().error.what, HasSubstr("authorized_keys"));
}

TEST_F(SshSessionTest, NobodyThereIsToldWithinTheLimit) {
  login_.port = free_port();
  const auto opened = run_task(io_, SshSession::open(login_, {host_key_}, seconds(1)));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().trouble, SshTrouble::unreachable);
}

TEST_F(SshSessionTest, ACommandThatHangsEndsAtTheDeadline) {
  const auto session = this->session();
  const auto ended = run_task(io_, session->run("exec sleep 10", seconds(1)));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().trouble, SshTrouble::lost);
}

TEST_F(SshSessionTest, PutsAFileWholeAndSaysWhyItCant) {
  const auto session = this->session();
  const fs::path file = folder_.path() / "put";
  const std::string bytes(300'000, 'x');
  ASSERT_TRUE(run_task(io_, session->put(file.string(), bytes, 0600, seconds(20))));
  EXPECT_EQ(read_file(file).value(), bytes);
  const auto refused = run_task(io_, session->put("/nowhere/at/all", bytes, 0600, seconds(20)));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().error.what, HasSubstr("no such folder"));
}

TEST_F(SshSessionTest, AStartedCommandIsASocketUntilItEnds) {
  const auto session = this->session();
  auto end = run_task(io_, session->start("read line; echo \"got $line\"; exit 3", seconds(20)));
  ASSERT_TRUE(end);
  ASSERT_EQ(::write(end->get(), "hello\n", 6), 6);
  std::string said;
  char block[64];
  for (ssize_t got; (got = ::read(end->get(), block, sizeof block)) > 0;)
    said.append(block, static_cast<std::size_t>(got));
  EXPECT_EQ(said, "got hello\n");
  EXPECT_EQ(run_task(io_, session->ended()).exit_code, 3);
}

TEST_F(SshSessionTest, TheLockOnAMachineHasOneOwner) {
  const auto session = this->session();
  // The script with a file of this test's own in place of the machine's lock.
  const auto ask = [&](std::string script) {
    const std::string lock = "/var/tmp/luolab.lock", own = (folder_.path() / "lock").string();
    for (std::size_t at; (at = script.find(lock)) != script.npos;)
      script.replace(at, lock.size(), own);
    return run_task(io_, session->run("sh -s", script, seconds(20))).value().output;
  };
  EXPECT_TRUE(read_lock(ask(lock_script({"lab-a", 5}, seconds(100)))));
  EXPECT_THAT(read_lock(ask(lock_script({"lab-b", 9}, seconds(100)))).error().what,
              HasSubstr("lab-a"));
  EXPECT_FALSE(read_lock(ask(lock_script({"lab-a", 4}, seconds(100))))) << "an older token";
  EXPECT_TRUE(read_lock(ask(lock_script({"lab-a", 6}, seconds(0)))))
      << "a newer one of the same lab";
  ask(unlock_script({"lab-a", 5}));
  EXPECT_TRUE(fs::exists(folder_.path() / "lock")) << "only who has it gives it back";
  ask(unlock_script({"lab-a", 6}));
  EXPECT_FALSE(fs::exists(folder_.path() / "lock"));
}

}  // namespace
}  // namespace luolab
