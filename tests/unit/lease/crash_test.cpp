// SPDX-License-Identifier: Apache-2.0
// A worker that is killed at any step: what it did until then is the content of its spool and what
// the controller knows. From each such moment another process must bring the job to one report.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lease/lease_setting.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

struct Moment {
  fs::path folder;
  FakeLab lab;
};

/// The moments before and after each effect of a call, of a worker that makes one attempt.
std::vector<Moment> moments_of_a_life(const fs::path& folder) {
  std::vector<Moment> moments;
  LeaseSetting worker(folder / "life");
  worker.lab().submit({}, 41);
  const auto keep = [&] {
    const fs::path copy = folder / fmt::format("moment-{}", moments.size());
    fs::create_directories(copy);
    if (fs::exists(folder / "life/spool")) {
      fs::copy(folder / "life/spool", copy / "spool", fs::copy_options::recursive);
    }
    moments.push_back({copy, worker.lab()});
  };
  worker.controller.on_step = keep;
  worker.runner.on_step = keep;
  worker.start();
  EXPECT_TRUE(worker.tells("delivered 1"));
  worker.controller.on_step = nullptr;
  worker.runner.on_step = nullptr;
  return moments;
}

int reports_counted(const FakeLab& lab) {
  int count = 0;
  for (const auto& [number, attempt] : lab.attempts) count += attempt.reports_counted;
  return count;
}

TEST(Crash, AtWhateverStepAWorkerIsKilledItsJobGetsExactlyOneReport) {
  const TempDir dir{fs::temp_directory_path()};
  const std::vector<Moment> moments = moments_of_a_life(dir.path());
  ASSERT_GT(moments.size(), 12U);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    SCOPED_TRACE(fmt::format("killed at step {} of {}", i, moments.size()));
    LeaseSetting next(moments[i].folder, "i2");
    next.lab() = moments[i].lab;
    next.start();
    EXPECT_TRUE(next.reaches(
        [&] { return reports_counted(next.lab()) == 1 && next.spool->finished().empty(); }));
    next.pass(std::chrono::minutes{2});
    EXPECT_EQ(reports_counted(next.lab()), 1);
    next.stop();
  }
}

TEST(Crash, AnAttemptThatDiedWithItsWorkerIsAMissThatNamesTheProcess) {
  const TempDir dir{fs::temp_directory_path()};
  FakeLab lab;
  {
    LeaseSetting worker(dir.path());
    worker.runner.hold = true;
    worker.lab().submit({}, 41);
    worker.start();
    ASSERT_TRUE(worker.tells("started 1"));
    worker.pass(std::chrono::seconds{1});
    fs::create_directories(dir.path() / "killed");
    fs::copy(dir.path() / "spool", dir.path() / "killed/spool", fs::copy_options::recursive);
    lab = worker.lab();
  }
  LeaseSetting next(dir.path() / "killed", "i2");
  next.lab() = lab;
  next.start();
  ASSERT_TRUE(next.tells("delivered 1"));
  const AttemptReport& report = *next.report_of(1);
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_THAT(report.reason,
              testing::MatchesRegex("the worker \\(pid [0-9]+\\) died while this ran"));
  ASSERT_EQ(report.artifacts.size(), 1U) << "its console survives";
  EXPECT_EQ(next.lab().artifacts.at(report.artifacts[0].sha256), "Linux version 7.3\n");
}

}  // namespace
}  // namespace luolab
