// SPDX-License-Identifier: Apache-2.0
#include "worker/target/console_tail.h"

#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

class ConsoleTailTest : public testing::Test {
 protected:
  ConsoleTail tail_of(std::string_view console) {
    write_scratch_file(folder_.path() / "console.log", console);
    return console_tail(folder_.path() / "console.log");
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
};

TEST_F(ConsoleTailTest, AFileThatIsNotThereHasNone) {
  const ConsoleTail tail = console_tail(folder_.path() / "nothing");
  EXPECT_EQ(tail.offset, 0U);
  EXPECT_EQ(tail.bytes, "");
}

TEST_F(ConsoleTailTest, WholeLinesLeaveNothingButTheirLength) {
  const ConsoleTail tail = tail_of("one\r\ntwo\r\n");
  EXPECT_EQ(tail.offset, 10U);
  EXPECT_EQ(tail.bytes, "");
}

TEST_F(ConsoleTailTest, ALineThatWasCutOffIsKeptWithItsPlace) {
  const ConsoleTail tail = tail_of("one\r\n[ 1.0] luo: pre");
  EXPECT_EQ(tail.offset, 5U);
  EXPECT_EQ(tail.bytes, "[ 1.0] luo: pre");
  EXPECT_EQ(tail_of("no end").bytes, "no end");
}

}  // namespace
}  // namespace luolab
