// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/run/echo_frame.h"
#include "worker/run/echo_log.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// What the guest's kernel makes of a request: addresses and ports change places.
std::string as_answered(std::string frame) {
  const auto exchange = [&](std::size_t one, std::size_t other, std::size_t length) {
    std::swap_ranges(frame.begin() + static_cast<std::ptrdiff_t>(one),
                     frame.begin() + static_cast<std::ptrdiff_t>(one + length),
                     frame.begin() + static_cast<std::ptrdiff_t>(other));
  };
  exchange(0, 6, 6);
  exchange(26, 30, 4);
  exchange(34, 36, 2);
  return frame;
}

TEST(EchoFrame, AnAnswerNamesItsRequest) {
  EXPECT_EQ(echo_reply(as_answered(echo_request(0))), 0U);
  EXPECT_EQ(echo_reply(as_answered(echo_request(0x0102030405060708))), 0x0102030405060708U);
}

TEST(EchoFrame, AnswersMayBePaddedAsEthernetDoes) {
  EXPECT_EQ(echo_reply(as_answered(echo_request(7)) + std::string(6, '\0')), 7U);
}

TEST(EchoFrame, OtherFramesAreNoAnswers) {
  EXPECT_EQ(echo_reply(""), std::nullopt);
  EXPECT_EQ(echo_reply(echo_request(7)), std::nullopt) << "a request";
  EXPECT_EQ(echo_reply(as_answered(echo_request(7)).substr(0, 57)), std::nullopt) << "cut off";
  std::string arp = as_answered(echo_request(7));
  arp[13] = 6;
  EXPECT_EQ(echo_reply(arp), std::nullopt);
  std::string foreign = as_answered(echo_request(7));
  foreign[42] = 'x';
  EXPECT_EQ(echo_reply(foreign), std::nullopt);
}

TEST(EchoFrame, TheHeadersChecksumIsRight) {
  const std::string frame = echo_request(1);
  std::uint32_t sum = 0;
  for (std::size_t at = 14; at < 34; at += 2) {
    sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(frame[at]) << 8 |
                                      static_cast<std::uint8_t>(frame[at + 1]));
  }
  EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffU);
}

/// A service that answers every millisecond but for a gap.
class EchoGap : public testing::Test {
 protected:
  void answer(std::chrono::milliseconds from, std::chrono::milliseconds to) {
    for (auto at = from; at <= to; at += 1ms) log.add_reply(zero + at);
  }
  static AttemptReport passed_with_blackout(std::chrono::nanoseconds start,
                                            std::chrono::nanoseconds duration) {
    AttemptReport report;
    report.verdict = Verdict::PASS;
    report.phases.push_back({.name = "blackout",
                             .hop = 0,
                             .start = start,
                             .end = start + duration,
                             .duration = duration});
    return report;
  }
  static const Check& agreement(const AttemptReport& report) {
    EXPECT_EQ(report.checks.size(), 1U);
    EXPECT_EQ(report.checks.at(0).name, "echo.agreement");
    return report.checks.at(0);
  }

  EchoLog::Time zero{std::chrono::hours{5}};
  EchoLog log;
};

TEST_F(EchoGap, ThatIsAboutTheBlackoutAgrees) {
  answer(100ms, 2000ms);
  answer(3030ms, 4000ms);
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  add_echo(report, log, zero);
  EXPECT_EQ(agreement(report).verdict, Verdict::PASS);
  ASSERT_EQ(report.measurements.size(), 3U);
  EXPECT_EQ(report.measurements[0].name, "echo.gap");
  EXPECT_DOUBLE_EQ(report.measurements[0].value, 1.03);
  EXPECT_EQ(report.measurements[1].name, "echo.before");
  EXPECT_DOUBLE_EQ(report.measurements[1].value, 0.01);
  EXPECT_EQ(report.measurements[2].name, "echo.after");
  EXPECT_DOUBLE_EQ(report.measurements[2].value, 0.02);
  EXPECT_EQ(report.verdict, Verdict::PASS);
}

TEST_F(EchoGap, ThatIsMuchLongerIsReportedAndIsNoVerdictOnTheKernel) {
  answer(100ms, 2000ms);
  answer(3200ms, 4000ms);
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  add_echo(report, log, zero);
  EXPECT_EQ(agreement(report).verdict, Verdict::DONE);
  EXPECT_THAT(agreement(report).detail, HasSubstr("DIFFER"));
  EXPECT_EQ(report.verdict, Verdict::PASS);
}

TEST_F(EchoGap, ThatIsLongerByTheTimeTheNetworkTookAgrees) {
  answer(100ms, 2000ms);
  answer(3130ms, 4000ms);
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  report.measurements.push_back({0, kEchoSetUp, 0.1, "s", {}});
  add_echo(report, log, zero);
  EXPECT_EQ(agreement(report).verdict, Verdict::PASS) << agreement(report).detail;
}

TEST_F(EchoGap, ElsewhereIsNotTakenForTheBlackouts) {
  answer(100ms, 500ms);
  answer(1900ms, 2000ms);  // something else kept the machine busy for longer
  answer(3010ms, 4000ms);
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  add_echo(report, log, zero);
  EXPECT_DOUBLE_EQ(report.measurements.at(0).value, 1.01);
}

TEST_F(EchoGap, WithoutEndMeansThatTheServiceDidNotComeBack) {
  answer(100ms, 2000ms);
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  add_echo(report, log, zero);
  EXPECT_EQ(agreement(report).verdict, Verdict::ERROR);
  EXPECT_EQ(report.verdict, Verdict::ERROR);
}

TEST_F(EchoGap, OfAServiceThatNeverWasIsAnError) {
  log.add_request();
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  add_echo(report, log, zero);
  EXPECT_EQ(report.verdict, Verdict::ERROR);
  EXPECT_THAT(report.reason, HasSubstr("none of 1 echo requests was answered"));
}

TEST_F(EchoGap, NeverHidesWhatIsWorse) {
  AttemptReport report = passed_with_blackout(2010ms, 1000ms);
  report.verdict = Verdict::FAIL;
  report.reason = "content";
  add_echo(report, log, zero);
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_EQ(report.reason, "content");
}

}  // namespace
}  // namespace luolab
