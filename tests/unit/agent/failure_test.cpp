// SPDX-License-Identifier: Apache-2.0
#include "agent/failure.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/dispatcher.h"
#include "agent/luo.h"

namespace luolab {
namespace {

using testing::StartsWith;

TEST(ErrnoName, IsTheKernelsWord) {
  EXPECT_EQ(errno_name(EBUSY), "EBUSY");
  EXPECT_EQ(errno_name(EOPNOTSUPP), "EOPNOTSUPP");
}

TEST(ErrnoName, IsANumberWhereThereIsNoWord) { EXPECT_EQ(errno_name(4095), "errno 4095"); }

TEST(BrokenPromise, DependsOnTheErrno) {
  EXPECT_THAT(broken_promise(call::kPreserveFd, EBUSY), StartsWith("10:"));
  EXPECT_THAT(broken_promise(call::kPreserveFd, EOPNOTSUPP), StartsWith("5:"));
  EXPECT_THAT(broken_promise(call::kPreserveFd, EINVAL), StartsWith("13:"));
}

TEST(BrokenPromise, HasAGeneralAnswerForOtherErrnos) {
  EXPECT_THAT(broken_promise(call::kPreserveFd, E2BIG), StartsWith("1:"));
  EXPECT_THAT(broken_promise(call::kFinish, EIO), StartsWith("16:"));
}

TEST(BrokenPromise, IsEmptyForCallsOutsideTheContract) {
  EXPECT_EQ(broken_promise("request", EINVAL), "");
  EXPECT_EQ(broken_promise("memfd_create", EMFILE), "");
}

TEST(FailureJson, NamesCallErrnoDetailAndPromise) {
  const Json json = to_json(Failure{std::string(call::kPreserveFd), EBUSY, "vm-0/ram, token 9"});
  EXPECT_EQ(json["call"], "ioctl(LIVEUPDATE_SESSION_PRESERVE_FD)");
  EXPECT_EQ(json["errno"], "EBUSY");
  EXPECT_EQ(json["detail"], "vm-0/ram, token 9");
  EXPECT_THAT(json["promise"].get<std::string>(), StartsWith("10:"));
}

TEST(FailureJson, LeavesOutAPromiseThatThereIsNot) {
  EXPECT_FALSE(to_json(Failure{"request", EINVAL, "x"}).contains("promise"));
}

}  // namespace
}  // namespace luolab
