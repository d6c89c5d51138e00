// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/json.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/protocol/job.h"
#include "core/protocol/report.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

Job full_job() {
  Job job;
  job.scenario = "s\"\n\xc3\xa4";
  job.point = {{"size", "1GiB"}};
  job.repetition = 7;
  job.kernels = {{.base = {.name = "linux-7.3", .kind = BaseKind::prebuilt, .suites = {"sid"}},
                  .series = {{"fix", {{"0001.patch", "--- a\n+++ b\n"}}}},
                  .fragments = {{"liveupdate", "CONFIG_X=y\n"}}}};
  job.hops = {0, 0};
  job.target.tags = {"big"};
  job.sessions = {{"vm-0",
                   {{.name = "ram",
                     .token = kLargest,
                     .size_bytes = 4097,
                     .pattern = Pattern::records,
                     .fallocated = {{4096, 8192}},
                     .seals = {Seal::grow, Seal::future_write},
                     .thp = Thp::always}}}};
  job.checks.console = ConsoleCheck::alive;
  job.checks.phase_max = {{"blackout", std::chrono::seconds{10}}};
  job.timeouts.hop = std::chrono::nanoseconds{1};
  return job;
}

TEST(Json, GivesAJobBackAsItWas) {
  const auto json = to_json(full_job());
  const auto back = from_json<Job>(boost::json::serialize(json));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(to_json(*back), json);
  EXPECT_EQ(back->sessions[0].memfds[0].token, kLargest);
  EXPECT_EQ(back->sessions[0].memfds[0].fallocated, (std::vector<ByteRange>{{4096, 8192}}));
  EXPECT_EQ(back->checks.phase_max.at("blackout"), std::chrono::seconds{10});
}

TEST(Json, GivesAReportBackAsItWas) {
  AttemptReport report;
  report.verdict = Verdict::FAIL;
  report.phases = {{.name = "preserve", .hop = 1, .start_tsc = kLargest, .end_tsc = {}}};
  report.measurements = {{.name = "tsc.frequency", .value = 2.5e9, .unit = "Hz"}};
  const auto back = from_json<AttemptReport>(boost::json::serialize(to_json(report)));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(to_json(*back), to_json(report));
  EXPECT_EQ(back->phases[0].start_tsc, kLargest);
  EXPECT_EQ(back->phases[0].end_tsc, std::nullopt);
}

TEST(Json, WritesEnumsByNameAndDurationsAsNanoseconds) {
  const auto json = to_json(full_job());
  EXPECT_EQ(json.at("kernels").at(0).at("base").at("kind"), "prebuilt");
  EXPECT_EQ(json.at("timeouts").at("hop"), 1);
}

TEST(Json, BlamesLuolabForWhatIsNoJson) {
  for (const char* text : {"", "{", "{} {}", "nonsense", "{\"a\":1,}", "\xff"}) {
    const auto job = from_json<Job>(text);
    ASSERT_FALSE(job) << text;
    EXPECT_EQ(job.error().fault, Fault::bug);
  }
}

TEST(Json, RefusesJsonOfAnotherShape) {
  auto json = to_json(full_job());
  json.as_object()["hops"] = "two";
  EXPECT_FALSE(from_json<Job>(boost::json::serialize(json)));
  json.as_object()["hops"] = {1, -1};
  EXPECT_FALSE(from_json<Job>(boost::json::serialize(json)));
  EXPECT_FALSE(from_json<Job>("[]"));
  EXPECT_FALSE(from_json<ByteRange>(R"({"offset_bytes": -1, "length_bytes": 0})"));
  EXPECT_FALSE(from_json<ByteRange>(R"({"offset_bytes": "1", "length_bytes": 0})"));
}

TEST(Json, ReadsWhatAnOlderLuolabWrote) {
  auto json = to_json(full_job());
  json.as_object().erase("before");
  json.at("target").as_object().erase("disk_bytes");
  json.at("sessions").at(0).as_object().erase("manual");
  json.as_object()["no_longer_known"] = 1;
  const auto job = from_json<Job>(boost::json::serialize(json));
  ASSERT_TRUE(job) << job.error().what;
  EXPECT_EQ(to_json(*job), to_json(full_job()));
}

TEST(Json, RefusesAnUnknownEnumName) {
  const auto check =
      from_json<Check>(R"({"hop":0,"name":"n","subject":"","verdict":"PERHAPS","detail":""})");
  EXPECT_FALSE(check);
}

TEST(Json, RefusesANestingBomb) { EXPECT_FALSE(from_json<Job>(std::string(100'000, '['))); }

TEST(PrettyJson, IndentsByTwoAndKeepsTheOrderOfKeys) {
  const boost::json::value json = {{"z", 1}, {"a", {true, nullptr}}, {"e", boost::json::array{}}};
  EXPECT_EQ(pretty(json),
            "{\n  \"z\": 1,\n  \"a\": [\n    true,\n    null\n  ],\n  \"e\": []\n}\n");
}

TEST(PrettyJson, EscapesKeysAndStringsAndReadsBack) {
  boost::json::object json;
  json["quote \" and \n"] = "tab\t";
  json["empty"] = boost::json::object{};
  EXPECT_EQ(boost::json::parse(pretty(json)), json);
}

}  // namespace
}  // namespace luolab
