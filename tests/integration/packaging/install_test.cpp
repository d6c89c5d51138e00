// SPDX-License-Identifier: Apache-2.0
// What `cmake --install` makes works by itself, and the units in it are good ones.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/async/process.h"
#include "core/base/file.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Installed : public testing::Test {
 protected:
  Installed() : folder_(fs::temp_directory_path()), prefix_(folder_.path() / "usr") {
    const auto installed =
        run({.program = "cmake",
             .arguments = {"--install", LUOLAB_BINARY_DIR, "--prefix", prefix_.string()}});
    EXPECT_EQ(installed.exit_code, 0) << installed.output;
  }

  static ProcessOutput run(ProcessSpec spec) {
    asio::io_context io;
    auto ran = run_task(io, run_process(std::move(spec)));
    EXPECT_TRUE(ran) << ran.error().what;
    return ran ? *ran : ProcessOutput{};
  }

  ProcessOutput luolab(std::vector<std::string> arguments) const {
    return run({.program = prefix_ / "bin/luolab",
                .arguments = std::move(arguments),
                .environment = {"NO_COLOR=1", "HOME=" + folder_.path().string(), "LUOLAB_DATA=",
                                "LUOLAB_AGENT=", "XDG_CACHE_HOME=", "XDG_STATE_HOME="}});
  }

  std::string unit(const std::string& name) const {
    return prefix_ / "lib/systemd/system" / (name + ".service");
  }

  TempDir folder_;
  fs::path prefix_;
};

TEST_F(Installed, ScenariosAreFoundGood) {
  const auto ran = luolab({"lint", (prefix_ / "share/luolab/scenarios/quickstart.yaml").string(),
                           (prefix_ / "share/luolab/scenarios/contract").string()});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

TEST_F(Installed, TheAgentBesideItIsTheOneItUses) {
  const auto ran = luolab({"doctor"});
  EXPECT_THAT(ran.output, HasSubstr("agent: " + (prefix_ / "lib/luolab/luolab-agent").string()));
}

TEST_F(Installed, BasesSeriesAndMutantsComeAlong) {
  EXPECT_THAT(luolab({"kernel", "list"}).output, HasSubstr("linux-7.3"));
  const auto mutants = luolab({"mutants", "list"});
  EXPECT_EQ(mutants.exit_code, 0) << mutants.output;
}

TEST_F(Installed, TheServiceManagerTakesTheUnitsAsTheyAre) {
  for (const char* name : {"luolab-controller", "luolab-worker"}) {
    const auto verified =
        run({.program = "systemd-analyze", .arguments = {"verify", "--man=no", unit(name)}});
    EXPECT_EQ(verified.exit_code, 0) << verified.output;
    EXPECT_THAT(verified.output, Not(HasSubstr(name))) << "warnings name the unit";
  }
}

TEST_F(Installed, UnitsStartWhatWasInstalledAndTellTheirManager) {
  for (const char* name : {"controller", "worker"}) {
    const auto text = read_file(unit(std::string("luolab-") + name));
    ASSERT_TRUE(text) << text.error().what;
    EXPECT_THAT(*text, HasSubstr("ExecStart=" + (prefix_ / "bin/luolab").string() + " " + name));
    for (const char* line : {"Type=notify\n", "WatchdogSec=", "NoNewPrivileges=yes\n",
                             "ProtectSystem=strict\n", "SystemCallFilter=@system-service"})
      EXPECT_THAT(*text, HasSubstr(line));
  }
}

TEST_F(Installed, TheHardeningOfTheControllerIsRatedWell) {
  const auto rated = run({.program = "systemd-analyze",
                          .arguments = {"security", "--offline=yes", "--threshold=25", "--no-pager",
                                        unit("luolab-controller")}});
  EXPECT_EQ(rated.exit_code, 0) << rated.output;
}

}  // namespace
}  // namespace luolab
