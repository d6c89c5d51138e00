// SPDX-License-Identifier: Apache-2.0
// The luolab executable as a user calls it: what it says, where, and with which exit code.
#include <signal.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/async/process.h"
#include "core/base/file.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

class Commands : public testing::Test {
 protected:
  Commands() : folder_(std::filesystem::temp_directory_path()) {}

  ProcessOutput luolab(std::vector<std::string> arguments) {
    std::vector<std::string> all{"--state", (folder_.path() / "state").string(), "--cache",
                                 (folder_.path() / "cache").string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    asio::io_context io;
    auto ran = run_task(
        io, run_process({.program = LUOLAB_BINARY_DIR "/cli/luolab",
                         .arguments = all,
                         .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR}}));
    EXPECT_TRUE(ran) << ran.error().what;
    return ran ? *ran : ProcessOutput{};
  }

  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    write_scratch_file(path, text);
    return path.string();
  }

  /// A scenario whose kernel can never be built, so that `run` ends at once.
  std::string hopeless() {
    return file("hopeless.yaml",
                "apiVersion: luolab/v1\nname: hopeless\nsummary: no kernel\n"
                "kernels: {outgoing: {base: 'prebuilt:/no/such/image', fragments: []}}\n"
                "sessions: [{name: s, memfds: [{name: m, size: 1MiB}]}]\n");
  }

  TempDir folder_;
};

TEST_F(Commands, WithoutACommandTheUsageIsShown) {
  const auto ran = luolab({});
  EXPECT_EQ(ran.exit_code, 64);
  EXPECT_THAT(ran.output, HasSubstr("subcommand"));
}

TEST_F(Commands, HelpNamesEveryCommand) {
  const auto ran = luolab({"--help"});
  EXPECT_EQ(ran.exit_code, 0);
  for (const char* command :
       {"run", "lint", "kernel", "list", "show", "export", "doctor", "controller", "worker",
        "submit", "watch", "cancel", "retry", "fleet", "token", "backup"}) {
    EXPECT_THAT(ran.output, HasSubstr(command));
  }
}

TEST_F(Commands, AnUnknownFlagIsWrongUsage) {
  EXPECT_EQ(luolab({"run", "--no-such-flag", "x.yaml"}).exit_code, 64);
}

TEST_F(Commands, AMissingScenarioIsNamed) {
  const auto ran = luolab({"run", "/no/such/scenario.yaml"});
  EXPECT_EQ(ran.exit_code, 64);
  EXPECT_THAT(ran.output, HasSubstr("/no/such/scenario.yaml"));
}

TEST_F(Commands, ASeriesThatIsNotKnownIsNamedWithTheNearest) {
  const auto asked = [&](const std::string& series) {
    return luolab({"run", hopeless(), "--series", series}).output;
  };
  EXPECT_THAT(asked("othr-layout"), HasSubstr("did you mean \"other-layout\"?"));
  EXPECT_THAT(asked("02-size-roundd"), HasSubstr("did you mean \"02-size-rounded\"?"));
  EXPECT_THAT(asked("nothing-like-it"), HasSubstr("luolab mutants list"));
  EXPECT_THAT(asked("/no/such/series"), HasSubstr("/no/such/series: No such file"));
}

TEST_F(Commands, EveryMistakeOfAScenarioIsShownAtOnceWithItsPlace) {
  const auto path = file("bad.yaml",
                         "apiVersion: luolab/v1\nname: bad\nsumary: typo\n"
                         "kernels: {outgoing: {base: linux-7.3}}\n"
                         "sessions: [{name: s, memfds: [{name: m, size: 1GBB}]}]\n");
  const auto ran = luolab({"run", path});
  EXPECT_EQ(ran.exit_code, 64);
  EXPECT_THAT(ran.output, HasSubstr(path + ":3:1"));
  EXPECT_THAT(ran.output, HasSubstr("summary"));
  EXPECT_THAT(ran.output, HasSubstr("\"1GBB\" is not a size"));
}

TEST_F(Commands, LintSaysHowManyJobsAScenarioHas) {
  const auto ran = luolab({"lint", LUOLAB_SOURCE_DIR "/scenarios/quickstart.yaml"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("1 scenario, 1 job: ok"));
}

TEST_F(Commands, EveryShippedScenarioIsWithoutFault) {
  EXPECT_EQ(luolab({"lint", LUOLAB_SOURCE_DIR "/scenarios"}).exit_code, 0);
}

TEST_F(Commands, ListWithoutAnyRunTellsHowToMakeTheFirst) {
  const auto ran = luolab({"list"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("scenarios/quickstart.yaml"));
}

TEST_F(Commands, ShowOfARunThatIsNotThereIsWrongInput) {
  EXPECT_EQ(luolab({"show", "12345"}).exit_code, 64);
  EXPECT_EQ(luolab({"show", "nonsense"}).exit_code, 64);
}

TEST_F(Commands, ALabThatCannotBuildIsNeverBlamedOnTheKernel) {
  const auto ran = luolab({"run", hopeless(), "--json", "-"});
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("MISS"));
  EXPECT_THAT(ran.output, HasSubstr("/no/such/image"));
  EXPECT_THAT(ran.output, Not(HasSubstr("\"verdict\": \"FAIL\"")));
}

TEST_F(Commands, WhatWasRunIsListedShownAndExported) {
  luolab({"run", hopeless()});
  EXPECT_THAT(luolab({"list"}).output, HasSubstr("hopeless"));
  EXPECT_THAT(luolab({"show"}).output, HasSubstr("MISS"));
  EXPECT_THAT(luolab({"export", "1", "--format", "ktap"}).output, HasSubstr("KTAP version 1"));
  EXPECT_THAT(luolab({"export", "1", "--format", "junit"}).output, HasSubstr("<testsuite"));
}

TEST_F(Commands, AJobRunsAgainFromTheStoreAndFromItsScript) {
  luolab({"run", hopeless(), "--repeat", "2"});
  const auto stored = luolab({"run", "--job", "j2", "--json", "-"});
  EXPECT_EQ(stored.exit_code, 2) << stored.output;
  EXPECT_THAT(stored.output, HasSubstr("hopeless#1"));
  EXPECT_THAT(stored.output, HasSubstr("/no/such/image"));
  EXPECT_THAT(luolab({"run", "--job", "j2", "--repeat", "3"}).output, HasSubstr("3 MISS"));
  const auto script = luolab({"show", "j2", "--reproduce"});
  EXPECT_THAT(script.output, HasSubstr("# Runs job j2 again: hopeless#1\n"));
  const auto of_many = luolab({"show", "1", "--reproduce"});
  EXPECT_EQ(of_many.exit_code, 64);
  EXPECT_THAT(of_many.output, HasSubstr("run 1 has 2 jobs: name the one to reproduce"));
}

TEST_F(Commands, AJobThatCannotRunAgainIsNamed) {
  const auto neither = luolab({"run"});
  EXPECT_EQ(neither.exit_code, 64);
  EXPECT_THAT(neither.output, HasSubstr("FILE, or --job JOB"));
  luolab({"run", hopeless()});
  EXPECT_THAT(luolab({"run", "--job", "j7"}).output, HasSubstr("j7: the store has no such job"));
  EXPECT_THAT(luolab({"run", "--job", "/no/job.json"}).output,
              HasSubstr("\"/no/job.json\" is neither a job (j34) nor a file with one"));
  for (const char* text : {"", "{", "[]", "{}", R"({"scenario": "x", "hops": [0]})",
                           R"({"scenario": "x", "kernels": [{}], "outgoing": 1, "hops": [0]})"}) {
    const auto ran = luolab({"run", "--job", file("job.json", text)});
    EXPECT_EQ(ran.exit_code, 64) << text << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("job.json")) << text;
  }
  EXPECT_EQ(luolab({"run", "--job", "j1", "--set", "a=b"}).exit_code, 64);
  EXPECT_EQ(luolab({"run", "--controller", "http://127.0.0.1:1", hopeless()}).exit_code, 64);
}

TEST_F(Commands, ForBisectTroubleOfTheLabIsCannotTell) {
  EXPECT_EQ(luolab({"run", hopeless(), "--exit-code", "bisect"}).exit_code, 125);
}

TEST_F(Commands, ResultsForOtherToolsGoToTheFileNamed) {
  const auto place = (folder_.path() / "results.json").string();
  luolab({"run", hopeless(), "--json", place});
  const auto text = read_file(place);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("luolab.run/v1"));
}

TEST_F(Commands, AGarbageStoreIsAClearErrorAndIsNotTouched) {
  std::filesystem::create_directories(folder_.path() / "state");
  luolab({"run", hopeless()});
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "state")) {
    if (entry.is_regular_file())
      write_scratch_file(entry.path(), "this is no database, but somebody's letters");
  }
  const auto ran = luolab({"list"});
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
}

TEST_F(Commands, DoctorNamesWhatIsThere) {
  const auto ran = luolab({"doctor"});
  for (const char* thing : {"qemu-system-x86_64", "openssl: ", "controller: port 7480"})
    EXPECT_THAT(ran.output, HasSubstr(thing));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

TEST_F(Commands, DoctorSaysHowToGetAProgramThatIsMissing) {
  asio::io_context io;
  const auto ran =
      run_task(io, run_process({.program = LUOLAB_BINARY_DIR "/cli/luolab",
                                .arguments = {"--cache", folder_.path().string(), "doctor"},
                                .environment = {"PATH=/nowhere"}}));
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->exit_code, 2);
  EXPECT_THAT(ran->output, HasSubstr("apt-get install qemu-system-x86"));
}

}  // namespace
}  // namespace luolab
