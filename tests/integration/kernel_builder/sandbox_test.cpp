// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/sandbox.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>

#include "tests/integration/kernel_builder/build_harness.h"
#include "worker/kernel/tool.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class SandboxRuns : public BuildHarness {
 protected:
  ProcessOutput run(const std::string& script) {
    fs::create_directories(dir_.path() / "mine");
    SandboxSpec spec;
    spec.mounts = {{source(), "/src"}, {dir_.path() / "mine", "/obj", true}};
    spec.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
    spec.working_directory = "/obj";
    spec.command = {"sh", "-c", script};
    return run_blocking(sandboxed(spec)).value();
  }
};

TEST_F(SandboxRuns, ThereIsNoNetwork) {
  const auto output = run("grep -v -e lo: -e '|' /proc/net/dev; cat /proc/net/route | wc -l");
  EXPECT_EQ(output.output, "1\n") << "only the loopback device, and no route but the heading";
}

TEST_F(SandboxRuns, ItWritesOnlyIntoItsTree) {
  const auto output =
      run("touch /obj/in; touch /src/out; touch /usr/out; touch /etc/out; echo done");
  EXPECT_TRUE(fs::exists(dir_.path() / "mine/in"));
  EXPECT_FALSE(fs::exists(source() / "out"));
  EXPECT_FALSE(fs::exists("/usr/out"));
  EXPECT_FALSE(fs::exists("/etc/out"));
  EXPECT_THAT(output.output, HasSubstr("done"));
}

TEST_F(SandboxRuns, ItDoesNotSeeTheRestOfTheMachine) {
  write_file_atomically(dir_.path() / "secret", "s3cret");
  const auto output = run("cat '" + (dir_.path() / "secret").string() + "'; ls /home /root; env");
  EXPECT_THAT(output.output, Not(HasSubstr("s3cret")));
  EXPECT_THAT(output.output, Not(HasSubstr("HOME=/root")));
}

TEST_F(SandboxRuns, ItDoesNotSeeOtherProcesses) {
  const auto output = run("ls -d /proc/[0-9]* | wc -l");
  EXPECT_LE(std::stoi(output.output), 8);
}

TEST_F(SandboxRuns, AFileCanNotGrowBeyondTheLimit) {
  SandboxSpec spec;
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.command = {"sh", "-c", "head -c 100000 /dev/zero > /tmp/big"};
  spec.file_bytes = 4096;
  EXPECT_NE(run_blocking(sandboxed(spec)).value().exit_code, 0);
}

TEST_F(SandboxRuns, AProcessCanNotHaveMoreMemoryThanTheLimit) {
  SandboxSpec spec;
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.command = {"sh", "-c", "head -c 600000000 /dev/zero | tail"};
  spec.memory_bytes = std::uint64_t{256} << 20;
  EXPECT_NE(run_blocking(sandboxed(spec)).value().exit_code, 0);
}

}  // namespace
}  // namespace luolab
