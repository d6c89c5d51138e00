// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/console_shipper.h"

#include <gtest/gtest.h>

#include "tests/unit/lease/lease_setting.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

class ConsoleShipping : public testing::Test {
 protected:
  void SetUp() override {
    worker_.runner.hold = true;
    worker_.lab().submit({}, 1);
    worker_.start();
    ASSERT_TRUE(worker_.tells("started 1"));
  }
  bool shows(const std::string& console) {
    return worker_.reaches([&] { return worker_.lab().attempts.at(1).console == console; },
                           std::chrono::minutes{10});
  }
  TempDir dir_{fs::temp_directory_path()};
  LeaseSetting worker_{dir_.path()};
};

TEST_F(ConsoleShipping, WhatIsPrintedIsSentWhileTheAttemptRuns) {
  ASSERT_TRUE(shows("Linux version 7.3\n"));
  worker_.runner.print(1, "panic\n");
  EXPECT_TRUE(shows("Linux version 7.3\npanic\n"));
}

TEST_F(ConsoleShipping, NothingIsSentWhileNothingIsPrinted) {
  ASSERT_TRUE(shows("Linux version 7.3\n"));
  const int sent = worker_.controller.count("console");
  worker_.pass(std::chrono::minutes{1});
  EXPECT_EQ(worker_.controller.count("console"), sent);
}

TEST_F(ConsoleShipping, ALargeStretchIsSentWhole) {
  const std::string large(3 * ConsoleShipper::kPieceBytes + 17, 'x');
  worker_.runner.print(1, large);
  EXPECT_TRUE(shows("Linux version 7.3\n" + large));
}

TEST_F(ConsoleShipping, AfterAnOutageItGoesOnWithoutALossOrARepetition) {
  ASSERT_TRUE(shows("Linux version 7.3\n"));
  worker_.controller.losses["console"] = 2;
  worker_.runner.print(1, "one\n");
  worker_.pass(std::chrono::seconds{1});
  worker_.controller.away = true;
  worker_.runner.print(1, "two\n");
  worker_.pass(std::chrono::minutes{1});
  worker_.controller.away = false;
  EXPECT_TRUE(shows("Linux version 7.3\none\ntwo\n"));
}

TEST_F(ConsoleShipping, WhatWasNotSentWhileTheAttemptRanComesWithItsResults) {
  ASSERT_TRUE(shows("Linux version 7.3\n"));
  worker_.controller.refuse["console"] = lab_error("503");
  worker_.runner.print(1, "last words\n");
  worker_.runner.let_go();
  ASSERT_TRUE(worker_.tells("ended 1"));
  worker_.controller.refuse.clear();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  EXPECT_EQ(worker_.lab().attempts.at(1).console, "Linux version 7.3\nlast words\n");
}

}  // namespace
}  // namespace luolab
