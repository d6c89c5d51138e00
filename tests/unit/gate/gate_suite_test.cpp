// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_suite.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/gate/suite_files.h"
#include "core/base/file.h"
#include "tests/unit/gate/fake_gate_runner.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(GateSuite, GivesEveryTestTwiceWithTheSeriesAsTheOnlyDifference) {
  const GateOrder order = gate_order();
  const GateSuite suite = expand_suite(order, gate_catalog());
  ASSERT_EQ(suite.cases.size(), 2U);
  const GateCase& first = suite.cases.front();
  EXPECT_EQ(first.title, "one#0");
  EXPECT_EQ(first.file, "one.yaml");
  const ComparedKernels kernels = compared_kernels(first, order);
  ASSERT_NE(kernels.candidate, nullptr);
  EXPECT_EQ(kernel_title(*kernels.candidate), "linux-7.3 + mine");
  EXPECT_EQ(kernel_title(*kernels.baseline), "linux-7.3");
}

TEST(GateSuite, PassesOverWhatTheSeriesDoesNotTouch) {
  GateOrder order = gate_order();
  order.documents[0].text.insert(order.documents[0].text.find("base: linux-7.3") + 15,
                                 ", role: fixed");
  const GateSuite suite = expand_suite(order, gate_catalog());
  ASSERT_EQ(suite.cases.size(), 1U);
  EXPECT_EQ(suite.cases.front().title, "two#0");
}

TEST(GateSuite, ComparesTheKernelThatTakesTheSeriesWithItsOwnBaseline) {
  GateOrder order = gate_order();
  order.documents.resize(1);
  order.documents[0].text =
      "apiVersion: luolab/v1\nname: pair\n"
      "kernels: {outgoing: {base: linux-7.3, fragments: [liveupdate], role: fixed}, "
      "hops: [{base: linux-7.3}]}\n"
      "sessions: [{name: s, memfds: [{name: m, size: 1MiB}]}]\n";
  const GateSuite suite = expand_suite(order, gate_catalog());
  ASSERT_EQ(suite.cases.size(), 1U);
  const ComparedKernels kernels = compared_kernels(suite.cases.front(), order);
  ASSERT_NE(kernels.baseline, nullptr);
  EXPECT_EQ(kernels.baseline->fragments.size(), 2U);
}

TEST(GateSuite, TellsAllErrorsAndThenHasNoCases) {
  GateOrder order = gate_order();
  order.documents[0].text += "nonsense: 1\n";
  order.documents[1].text += "repeat: many\n";
  const GateSuite suite = expand_suite(order, gate_catalog());
  EXPECT_TRUE(suite.cases.empty());
  EXPECT_THAT(to_string(suite.errors), HasSubstr("one.yaml:"));
  EXPECT_THAT(to_string(suite.errors), HasSubstr("two.yaml:"));
}

class SuiteFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_.path() / name).parent_path());
    std::ofstream(folder_.path() / name) << text;
  }
  std::vector<std::string> files(const std::string& argument) {
    std::vector<std::string> names;
    for (const ScenarioDocument& document : read_suite(folder_.path(), argument).value().documents)
      names.push_back(document.name);
    return names;
  }
  TempDir folder_{fs::temp_directory_path()};
};

TEST_F(SuiteFilesTest, ListsFilesAndFoldersRelativeToItself) {
  write("scenarios/gate/quick.suite", "# all\n../contract  # the folder\n\nlatency.yaml\n");
  write("scenarios/contract/b.yaml", "b");
  write("scenarios/contract/a.yaml", "a");
  write("scenarios/gate/latency.yaml", "c");
  EXPECT_THAT(files("quick"), ElementsAre("scenarios/contract/a.yaml", "scenarios/contract/b.yaml",
                                          "scenarios/gate/latency.yaml"));
  EXPECT_EQ(read_suite(folder_.path(), "quick")->name, "quick");
  EXPECT_THAT(suite_names(folder_.path()), ElementsAre("quick"));
}

TEST_F(SuiteFilesTest, TakesAFolderOrAFile) {
  write("mine/x.yaml", "x");
  EXPECT_THAT(files(folder_.path() / "mine"), ElementsAre("mine/x.yaml"));
  EXPECT_THAT(files(folder_.path() / "mine/x.yaml"), ElementsAre("mine/x.yaml"));
}

TEST_F(SuiteFilesTest, NamesWhatIsNotThere) {
  write("scenarios/gate/quick.suite", "missing.yaml\n");
  EXPECT_THAT(read_suite(folder_.path(), "fast").error().what, HasSubstr("quick"));
  EXPECT_THAT(read_suite(folder_.path(), "quick").error().what, HasSubstr("missing.yaml"));
  write("scenarios/gate/empty.suite", "# nothing\n");
  EXPECT_THAT(read_suite(folder_.path(), "empty").error().what, HasSubstr("names no scenario"));
}

}  // namespace
}  // namespace luolab
