// SPDX-License-Identifier: Apache-2.0
// `luolab gate` and `luolab bisect` on real kernels, as a user calls them.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/gate/bisection.h"
#include "controller/gate/gate_report.h"
#include "controller/gate_formats/gate_formats.h"
#include "core/async/process.h"
#include "core/base/file.h"
#include "core/protocol/json.h"
#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/gate_formats/sample_gate.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kLuolab = LUOLAB_BINARY_DIR "/cli/luolab";
const std::string kSeries = LUOLAB_SOURCE_DIR "/tests/series/";

class GateOnMachines : public LabFixture {
 protected:
  int luolab(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--state", (folder_.path() / "state").string(), "--cache",
                                         places().cache.string()});
    ProcessSpec spec{.program = kLuolab,
                     .arguments = std::move(arguments),
                     .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR}};
    asio::io_context io;
    const auto output = run_task(io, run_process(std::move(spec)));
    said_ = output->output;
    return output->exit_code;
  }
  int run(const std::string& program, std::vector<std::string> arguments) {
    ProcessSpec spec{
        .program = program,
        .arguments = std::move(arguments),
        .environment = {"NO_COLOR=1", std::string("LUOLAB=") + kLuolab,
                        "LUOLAB_DATA=" LUOLAB_SOURCE_DIR, "LUOLAB_STATE=" + path("again"),
                        "LUOLAB_CACHE=" + places().cache.string()}};
    asio::io_context io;
    const auto output = run_task(io, run_process(std::move(spec)));
    said_ = output->output;
    return output->exit_code;
  }
  template <class Report>
  Report report(const std::string& name) {
    return from_json<Report>(read_file(folder_.path() / name).value()).value();
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  TempDir folder_{fs::temp_directory_path()};
  std::string said_;
};

TEST_F(GateOnMachines, ACommentChangesNothingThatRuns) {
  EXPECT_EQ(luolab({"gate", "--series", kSeries + "comment.patch", "--json", path("g.json")}), 0)
      << said_;
  const auto gate = report<GateReport>("g.json");
  EXPECT_TRUE(gate.changes_nothing);
  EXPECT_NE(gate.candidate.build, gate.baseline.build);
  EXPECT_EQ(luolab({"export", "g1", "--format", "markdown"}), 0) << said_;
}

TEST_F(GateOnMachines, AMutantMustNotGoInAndItsScriptShowsItAgain) {
  EXPECT_EQ(luolab({"gate", "--series", "04-position-at-preserve", "--suite",
                    LUOLAB_SOURCE_DIR "/scenarios/contract/04-position.yaml", "--no-latency",
                    "--json", path("g.json"), "--reproduce", path("scripts"), "--slots", "2"}),
            1)
      << said_;
  const auto gate = report<GateReport>("g.json");
  EXPECT_EQ(gate.answer, GateAnswer::must_not);
  ASSERT_FALSE(gate.tests.empty());
  EXPECT_EQ(gate.tests.front().standing, Standing::regression) << gate.tests.front().reason;
  // The candidate failed three times; the kernel's own parser counts them.
  EXPECT_EQ(luolab({"export", "g1", "--format", "ktap", "-o", path("g.ktap")}), 0) << said_;
  EXPECT_EQ(run("python3", {LUOLAB_SOURCE_DIR "/tests/contract/ktap_check.py",
                            (places().cache / "bases").string(), path("g.ktap"), "3"}),
            0)
      << said_;
  std::size_t scripts = 0;
  for (const auto& script : fs::directory_iterator(path("scripts"))) {
    ++scripts;
    EXPECT_EQ(run("sh", {script.path().string()}), 1) << said_;
  }
  EXPECT_GE(scripts, 1U);
}

TEST_F(GateOnMachines, TheKernelsParserReadsEveryReport) {
  // Failed: a regression, one that comes and goes, one that the lab broke, and a slower phase.
  for (const GateReport& report : {whole_report(), hostile_report()}) {
    std::ofstream(path("g.ktap")) << gate_ktap(report);
    EXPECT_EQ(run("python3", {LUOLAB_SOURCE_DIR "/tests/contract/ktap_check.py",
                              (places().cache / "bases").string(), path("g.ktap"), "4"}),
              0)
        << said_;
  }
}

TEST_F(GateOnMachines, NamesThePatchThatDoesNotApply) {
  std::ofstream(path("bad.patch"))
      << "Subject: [PATCH] no\n---\n--- a/mm/memfd_luo.c\n+++ b/mm/memfd_luo.c\n"
         "@@ -1,2 +1,2 @@\n nothing like it\n-old\n+new\n";
  EXPECT_EQ(luolab({"gate", "--series", path("bad.patch"), "--json", path("g.json")}), 4) << said_;
  const auto gate = report<GateReport>("g.json");
  EXPECT_EQ(gate.answer, GateAnswer::does_not_apply);
  EXPECT_THAT(gate.patches.front().trouble, HasSubstr("does not apply"));
}

TEST_F(GateOnMachines, BisectFindsTheBadPatchAmongGoodOnes) {
  for (const auto& [name, patch] :
       {std::pair{"0001.patch", "comment.patch"}, std::pair{"0003.patch", "equal-order.patch"}})
    fs::copy_file(kSeries + patch, path(name));
  fs::copy_file(LUOLAB_SOURCE_DIR "/kernel-patches/mutants/04-position-at-preserve.patch",
                path("0002.patch"));
  EXPECT_EQ(
      luolab({"bisect", "--series", path("0001.patch"), "--series", path("0002.patch"), "--series",
              path("0003.patch"), "--scenario",
              LUOLAB_SOURCE_DIR "/scenarios/contract/04-position.yaml", "--json", path("b.json")}),
      0)
      << said_;
  const auto found = report<BisectReport>("b.json");
  EXPECT_EQ(found.outcome, BisectOutcome::found);
  EXPECT_EQ(found.first_bad, 2U);
  EXPECT_LE(found.builds, 3U);
}

}  // namespace
}  // namespace luolab
