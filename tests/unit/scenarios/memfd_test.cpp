// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenarios/document.h"

namespace luolab {
namespace {

using testing::document_with;
using testing::document_with_memfd;
using ::testing::ElementsAre;
using testing::errors_of;
using ::testing::HasSubstr;
using testing::jobs_of;

std::vector<MemfdSpec> memfds_of(std::string_view memfds) {
  return jobs_of(document_with_memfd(memfds)).at(0).sessions.at(0).memfds;
}

std::string memfd_errors(std::string_view memfd) { return errors_of(document_with_memfd(memfd)); }

TEST(Memfd, ReadsEveryProperty) {
  const auto memfd =
      memfds_of(
          "{name: m, token: 18446744073709551615, size: 384MiB, pattern: records, holes: 1/7, "
          "fallocated: [{offset: 4KiB, length: 8192}], position: 4097, "
          "seals: [grow, future-write], thp: always, sha256: true}")
          .at(0);
  EXPECT_EQ(memfd.name, "m");
  EXPECT_EQ(memfd.token, 18446744073709551615U);
  EXPECT_EQ(memfd.size_bytes, 384U << 20);
  EXPECT_EQ(memfd.pattern, Pattern::records);
  EXPECT_EQ(memfd.hole_pages, 1U);
  EXPECT_EQ(memfd.hole_period, 7U);
  EXPECT_THAT(memfd.fallocated, ElementsAre(ByteRange{4096, 8192}));
  EXPECT_EQ(memfd.position_bytes, 4097U);
  EXPECT_THAT(memfd.seals, ElementsAre(Seal::grow, Seal::future_write));
  EXPECT_EQ(memfd.thp, Thp::always);
  EXPECT_TRUE(memfd.sha256);
}

TEST(Memfd, HasDefaults) {
  const auto memfd = memfds_of("{name: m, size: 0}").at(0);
  EXPECT_EQ(memfd.pattern, Pattern::random);
  EXPECT_EQ(memfd.hole_period, 0U);
  EXPECT_EQ(memfd.thp, Thp::never);
  EXPECT_FALSE(memfd.sha256);
  EXPECT_TRUE(memfd.seals.empty());
}

TEST(Memfd, TakesItsIndexForAToken) {
  const auto memfds = memfds_of("{name: a, size: 1}, {name: b, size: 1}");
  EXPECT_EQ(memfds[0].token, 0U);
  EXPECT_EQ(memfds[1].token, 1U);
}

TEST(Memfd, IsMultipliedByCount) {
  const auto memfds =
      memfds_of("{name: a, size: 1}, {name: b, count: 3, size: 2}, {name: c, size: 3}");
  ASSERT_EQ(memfds.size(), 5U);
  EXPECT_EQ(memfds[1].name, "b-0");
  EXPECT_EQ(memfds[3].name, "b-2");
  EXPECT_EQ(memfds[3].token, 3U);
  EXPECT_EQ(memfds[4].token, 4U);
}

TEST(Memfd, CountsTokensOnFromTheFirst) {
  const auto memfds = memfds_of("{name: b, count: 2, token: 40, size: 2}");
  EXPECT_EQ(memfds[1].token, 41U);
}

TEST(Memfd, OfCountOneIsNumberedToo) {
  EXPECT_EQ(memfds_of("{name: b, count: 1, size: 2}").at(0).name, "b-0");
}

TEST(Memfd, RefusesTokensBeyondTheLast) {
  EXPECT_THAT(memfd_errors("{name: a, count: 2, token: 18446744073709551615, size: 1}"),
              HasSubstr("go beyond 2^64 - 1"));
}

TEST(Memfd, RefusesACountThatMakesTheNameTooLong) {
  EXPECT_THAT(memfd_errors("{name: " + std::string(61, 'a') + ", count: 11, size: 1}"),
              HasSubstr("over 63 bytes with its number"));
  EXPECT_EQ(memfd_errors("{name: " + std::string(61, 'a') + ", count: 10, size: 1}"), "");
}

TEST(Memfd, RefusesACountOfNoneOrTooMany) {
  EXPECT_THAT(memfd_errors("{name: a, count: 0, size: 1}"), HasSubstr("from 1 to 10000"));
  EXPECT_THAT(memfd_errors("{name: a, count: 10001, size: 1}"), HasSubstr("from 1 to 10000"));
}

TEST(Memfd, RefusesANameThatIsTaken) {
  EXPECT_EQ(memfd_errors("{name: a, size: 1}, {name: a, size: 1}"),
            "x.yaml:6:34: sessions[0].memfds[1]: the name \"a\" is taken by another memfd of this "
            "session\n");
  EXPECT_THAT(memfd_errors("{name: a-1, size: 1}, {name: a, count: 5, size: 1}"),
              HasSubstr("the name \"a-1\" is taken"));
}

TEST(Memfd, RefusesATokenThatIsTaken) {
  EXPECT_THAT(memfd_errors("{name: a, token: 1, size: 1}, {name: b, size: 1}"),
              HasSubstr("token 1 is taken by memfd \"a\""));
}

TEST(Memfd, AllowsOneTokenInTwoSessions) {
  EXPECT_EQ(errors_of(document_with("  - {name: t, memfds: [{name: m, token: 0, size: 1}]}\n")),
            "");
}

TEST(Memfd, RefusesSizesThatAreNone) {
  for (const char* size : {"1GBB", "1MB", "-1", "1.5MiB", "16777216TiB", "1 MiB", "x"}) {
    EXPECT_THAT(memfd_errors("{name: a, size: " + std::string(size) + "}"),
                HasSubstr("\"" + std::string(size) + "\" is not a size"));
  }
}

TEST(Memfd, AllowsAPositionBeyondTheEnd) {
  EXPECT_EQ(memfd_errors("{name: a, size: 1, position: 1TiB}"), "");
}

TEST(Memfd, RefusesHolesThatLeaveNothingOrAreNone) {
  for (const char* holes :
       {"7/7", "8/7", "0/7", "1/0", "1", "1/", "/7", "1/7/9", "-1/7", "1/99999999999"}) {
    EXPECT_THAT(memfd_errors("{name: a, size: 1MiB, holes: '" + std::string(holes) + "'}"),
                HasSubstr("is not N/M with 0 < N < M"))
        << holes;
  }
}

TEST(Memfd, RefusesRangesThatCutPages) {
  EXPECT_THAT(memfd_errors("{name: a, size: 1MiB, fallocated: [{offset: 1, length: 4096}]}"),
              HasSubstr("fallocated[0]: offset 1 and length 4096 must be multiples of the page"));
  EXPECT_THAT(memfd_errors("{name: a, size: 1MiB, fallocated: [{offset: 0, length: 100}]}"),
              HasSubstr("must be multiples of the page"));
}

TEST(Memfd, RefusesRangesWithoutLength) {
  EXPECT_THAT(memfd_errors("{name: a, size: 1MiB, fallocated: [{offset: 0, length: 0}]}"),
              HasSubstr("the length is 0"));
  EXPECT_THAT(memfd_errors("{name: a, size: 1MiB, fallocated: [{offset: 0}]}"),
              HasSubstr("\"length\" is missing"));
}

TEST(Memfd, RefusesRangesBeyondTheEnd) {
  EXPECT_THAT(memfd_errors("{name: a, size: 8192, fallocated: [{offset: 4096, length: 8192}]}"),
              HasSubstr("ends at 12KiB, beyond the memfd's size of 8KiB"));
  EXPECT_THAT(
      memfd_errors("{name: a, size: 8192, fallocated: [{offset: 8388607TiB, length: 8388607TiB}]}"),
      HasSubstr("beyond the memfd's size"));
  EXPECT_EQ(memfd_errors("{name: a, size: 8192, fallocated: [{offset: 4096, length: 4096}]}"), "");
}

TEST(Memfd, AllowsRangesOverHoles) {
  EXPECT_EQ(
      memfd_errors("{name: a, size: 1MiB, holes: 1/2, fallocated: [{offset: 0, length: 1MiB}]}"),
      "");
}

TEST(Memfd, RefusesUnknownAndRepeatedSeals) {
  EXPECT_THAT(memfd_errors("{name: a, size: 1, seals: [future_write]}"),
              HasSubstr("did you mean \"future-write\"?"));
  EXPECT_THAT(memfd_errors("{name: a, size: 1, seals: [grow, grow]}"),
              HasSubstr("\"grow\" is given twice"));
}

TEST(Memfd, RefusesAnUnknownPattern) {
  EXPECT_THAT(memfd_errors("{name: a, size: 1, pattern: record}"),
              HasSubstr("did you mean \"records\"?"));
}

TEST(Session, RefusesMoreThanTheMemoryHolds) {
  EXPECT_THAT(
      memfd_errors("{name: a, size: 641MiB}"),
      HasSubstr("641 MiB of memfds do not fit: of target.memory 1GiB, 384MiB are the kernels'"));
  EXPECT_EQ(memfd_errors("{name: a, size: 640MiB}"), "");
}

TEST(Session, CountsWholePagesAndHolesAsMemory) {
  EXPECT_THAT(memfd_errors("{name: a, size: 640MiB, holes: 1/2}, {name: b, size: 1}"),
              HasSubstr("do not fit"));
}

TEST(Session, IsNotFooledByAnOverflow) {
  EXPECT_THAT(memfd_errors("{name: a, count: 10000, size: 8388607TiB}"), HasSubstr("do not fit"));
}

TEST(Session, SaysNothingOfMemoryThatCouldNotBeRead) {
  std::string text = document_with_memfd("{name: a, size: 3GiB}");
  EXPECT_EQ(errors_of(text + "target: {memory: 4GBB}\n").find("do not fit"), std::string::npos);
}

TEST(Session, RefusesNamesOfWrongLength) {
  const auto with_name = [](const std::string& name) {
    return errors_of(document_with("  - {name: \"" + name + "\", memfds: [{name: m, size: 1}]}\n"));
  };
  EXPECT_THAT(with_name(""), HasSubstr("the text is empty"));
  EXPECT_THAT(with_name(std::string(64, 'a')), HasSubstr("64 bytes; a session's name has 1 to 63"));
  EXPECT_EQ(with_name(std::string(63, 'a')), "");
  EXPECT_EQ(with_name("with space \xc3\xa9"), "");
}

TEST(Session, RefusesNamesThatCanNotBeToldApart) {
  const auto with_name = [](const std::string& name) {
    return errors_of(document_with("  - {name: \"" + name + "\", memfds: [{name: m, size: 1}]}\n"));
  };
  EXPECT_THAT(with_name("a/b"), HasSubstr("holds a '/'"));
  EXPECT_THAT(with_name("luolab"), HasSubstr("is the agent's own session"));
  EXPECT_THAT(with_name("s"), HasSubstr("the name \"s\" is taken by another session"));
}

TEST(Session, RefusesToPreserveNothing) {
  EXPECT_THAT(memfd_errors(""), HasSubstr("a session without memfds preserves nothing"));
  EXPECT_THAT(
      errors_of(
          "apiVersion: luolab/v1\nname: x\nkernels: {outgoing: {base: linux-7.3}}\nsessions: []\n"),
      HasSubstr("x.yaml:4:11: sessions: the list is empty"));
}

}  // namespace
}  // namespace luolab
