// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "agent/dispatcher.h"

namespace luolab {
namespace {

/// Requests on a memfd "m" of two pages.
class FileOperations : public testing::Test {
 protected:
  FileOperations() {
    ask(R"({"op":"memfd.create","memfd":"m","size":8192,"pattern":"random","seed":1,"mark":2})");
  }
  Json ask(const std::string& line) { return Json::parse(dispatcher_.answer(line).line); }
  std::string error(const std::string& line) { return ask(line)["error"]["errno"]; }
  Holdings holdings_{"/nowhere", {}};
  Dispatcher dispatcher_{holdings_, false};
};

TEST_F(FileOperations, ADupSharesThePositionAndAReopenedFileDoesNot) {
  ask(R"({"op":"file.dup","memfd":"m","as":"twin"})");
  ask(R"({"op":"file.reopen","memfd":"m","as":"other","access":"rdwr"})");
  ask(R"({"op":"memfd.seek","memfd":"m","position":77})");
  EXPECT_EQ(ask(R"({"op":"memfd.stat","memfd":"twin"})")["result"]["position"], 77);
  EXPECT_EQ(ask(R"({"op":"memfd.stat","memfd":"other"})")["result"]["position"], 0);
}

TEST_F(FileOperations, AReopenedFileHasTheAccessThatIsAsked) {
  ask(R"({"op":"file.reopen","memfd":"m","as":"reader","access":"rdonly"})");
  EXPECT_EQ(ask(R"({"op":"memfd.stat","memfd":"reader"})")["result"]["flags"][0], "O_RDONLY");
  EXPECT_EQ(error(R"({"op":"memfd.write","memfd":"reader","offset":0,"hex":"00"})"), "EBADF");
}

TEST_F(FileOperations, AHandleThatIsTakenIsNotReplaced) {
  EXPECT_EQ(error(R"({"op":"file.dup","memfd":"m","as":"m"})"), "EEXIST");
  EXPECT_EQ(error(R"({"op":"pipe","as":"m"})"), "EEXIST");
}

TEST_F(FileOperations, AStoreThroughAMappingIsSeenByRead) {
  ask(R"({"op":"memfd.write","memfd":"m","offset":4100,"hex":"c0ffee","via":"mmap"})");
  EXPECT_EQ(ask(R"({"op":"memfd.read","memfd":"m","offset":4100,"length":3})")["result"]["hex"],
            "c0ffee");
}

TEST_F(FileOperations, AStoreBeyondTheEndIsRefusedInsteadOfKillingTheAgent) {
  EXPECT_EQ(error(R"({"op":"memfd.write","memfd":"m","offset":8191,"hex":"0000","via":"mmap"})"),
            "EINVAL");
}

TEST_F(FileOperations, TruncateAndFallocateAreLeftToTheKernelToRefuse) {
  ask(R"({"op":"memfd.seal","memfd":"m","seals":["grow","shrink"]})");
  EXPECT_EQ(error(R"({"op":"memfd.truncate","memfd":"m","size":1})"), "EPERM");
  EXPECT_EQ(error(R"({"op":"memfd.fallocate","memfd":"m","offset":8192,"length":4096})"), "EPERM");
  EXPECT_TRUE(ask(R"({"op":"memfd.truncate","memfd":"m","size":8192})")["ok"].get<bool>());
}

TEST_F(FileOperations, ModeAndStatusFlagsAreSetAndSeen) {
  ask(R"({"op":"file.chmod","memfd":"m","mode":"0640"})");
  ask(R"({"op":"file.setfl","memfd":"m","flags":["append"]})");
  const Json stat = ask(R"({"op":"memfd.stat","memfd":"m"})")["result"];
  EXPECT_EQ(stat["mode"], "0640");
  EXPECT_TRUE(stat["flags"].dump().find("O_APPEND") != std::string::npos);
}

TEST_F(FileOperations, NonsenseIsRefusedByName) {
  EXPECT_EQ(error(R"({"op":"file.chmod","memfd":"m","mode":"rw"})"), "EINVAL");
  EXPECT_EQ(error(R"({"op":"file.setfl","memfd":"m","flags":["fast"]})"), "EINVAL");
  EXPECT_EQ(error(R"({"op":"memfd.write","memfd":"m","offset":0,"hex":"00","via":"magic"})"),
            "EINVAL");
  EXPECT_EQ(error(R"({"op":"ioctl","handle":"m","call":"explode"})"), "EINVAL");
}

TEST_F(FileOperations, AWrongCallOnAFileIsTheKernelsToRefuse) {
  EXPECT_EQ(error(R"({"op":"ioctl","handle":"m","call":"create","size":100,"tail":true})"), "ENOTTY");
}

}  // namespace
}  // namespace luolab
