// SPDX-License-Identifier: Apache-2.0
#include "agent/dispatcher.h"

#include <array>
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/hex.h"
#include "core/wire/agent_wire.h"
#include "core/wire/digest_tree.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class DispatcherTest : public testing::Test {
 protected:
  Json ask(const std::string& line) { return Json::parse(dispatcher_.answer(line).line); }
  Json ask(const Json& request) { return ask(request.dump()); }

  Holdings holdings_{"/nonexistent", {}};
  Dispatcher dispatcher_{holdings_, false};
};

TEST_F(DispatcherTest, AnswersRubbishWithAnError) {
  for (const char* const line :
       {"", "rubbish", "{", "[1,2", "{\"id\":1", "\xff\xfe", "{\"op\":\"info\"} x"}) {
    const Json answer = ask(std::string(line));
    EXPECT_EQ(answer["ok"], false) << line;
    EXPECT_EQ(answer["id"], nullptr) << line;
    EXPECT_EQ(answer["error"]["errno"], "EINVAL") << line;
  }
}

TEST_F(DispatcherTest, AnswersJsonThatIsNoObjectWithAnError) {
  for (const char* const line : {"7", "null", "[]", "\"info\"", "true"}) {
    EXPECT_THAT(ask(std::string(line))["error"]["detail"].get<std::string>(),
                HasSubstr("not a JSON object"));
  }
}

TEST_F(DispatcherTest, SurvivesDeepNesting) {
  const std::string deep(100000, '[');
  EXPECT_EQ(ask(deep)["ok"], false);
  EXPECT_EQ(ask(deep + std::string(100000, ']'))["ok"], false);
}

TEST_F(DispatcherTest, GivesBackTheIdWhateverItIs) {
  EXPECT_EQ(ask(Json{{"id", 7}, {"op", "info"}})["id"], 7);
  EXPECT_EQ(ask(Json{{"id", "seven"}, {"op", "info"}})["id"], "seven");
  EXPECT_EQ(ask(Json{{"op", "info"}})["id"], nullptr);
}

TEST_F(DispatcherTest, NamesAnOperationThatItDoesNotKnow) {
  const Json answer = ask(Json{{"id", 1}, {"op", "presreve"}});
  EXPECT_EQ(answer["error"]["errno"], "ENOSYS");
  EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("presreve"));
}

TEST_F(DispatcherTest, RefusesAnOperationThatIsNoString) {
  for (const Json& op : {Json(), Json(7), Json::array()}) {
    EXPECT_EQ(ask(Json{{"id", 1}, {"op", op}})["error"]["errno"], "EINVAL");
  }
}

TEST_F(DispatcherTest, StampsEveryAnswer) {
  const Json answer = ask(Json{{"id", 1}, {"op", "info"}});
  EXPECT_LE(answer["tsc"][0].get<std::uint64_t>(), answer["tsc"][1].get<std::uint64_t>());
  EXPECT_LE(answer["tsc"][1].get<std::uint64_t>(), answer["at"]["tsc"].get<std::uint64_t>());
  EXPECT_GT(answer["at"]["monotonic_ns"].get<std::int64_t>(), 0);
}

TEST_F(DispatcherTest, DigestsAMemfdAsTheOracleExpects) {
  const Json layout{{"hole_pages", 1}, {"hole_period", 7}};
  ASSERT_EQ(ask(Json{{"op", "memfd.create"},
                     {"memfd", "a/b"},
                     {"size", 100001},
                     {"pattern", "records"},
                     {"seed", 3},
                     {"mark", 4},
                     {"layout", layout}})["ok"],
            true);
  const Json result = ask(Json{{"op", "memfd.digest"},
                               {"memfd", "a/b"},
                               {"pattern", "records"},
                               {"mark", 4},
                               {"layout", layout},
                               {"range_bytes", 16384},
                               {"sha256", true}})["result"];
  const DigestTree expected = expected_tree({100001, 1, 7, {}}, PagePattern::records, {3, 4}, 16384,
                                            HashKind::scalar, true);
  EXPECT_EQ(result["digest"], hex(expected.whole));
  EXPECT_EQ(result["sha256"], expected.sha256);
  EXPECT_EQ(result["bytes"], 100001);
  ASSERT_EQ(result["ranges"].size(), expected.ranges.size());
  EXPECT_EQ(result["ranges"][6], hex(expected.ranges[6]));
  EXPECT_EQ(result["bad_marks"]["count"], 0);
}

TEST_F(DispatcherTest, ReportsABadMarkAfterAWrite) {
  ask(Json{{"op", "memfd.create"},
           {"memfd", "m"},
           {"size", 16384},
           {"pattern", "random"},
           {"seed", 3},
           {"mark", 4}});
  ask(Json{{"op", "memfd.write"}, {"memfd", "m"}, {"offset", 8192}, {"hex", "0102030405060708"}});
  const Json bad = ask(Json{{"op", "memfd.digest"},
                            {"memfd", "m"},
                            {"pattern", "random"},
                            {"mark", 4}})["result"]["bad_marks"];
  EXPECT_EQ(bad["count"], 1);
  EXPECT_EQ(bad["first"][0]["page"], 2);
  EXPECT_EQ(bad["first"][0]["head"], "0807060504030201");
}

TEST_F(DispatcherTest, DigestsEachPageAsTheWorkerDoes) {
  ask(Json{{"op", "memfd.create"},
           {"memfd", "m"},
           {"size", 8193},
           {"pattern", "random"},
           {"seed", 3},
           {"mark", 4}});
  const Json result = ask(Json{
      {"op", "memfd.pages"}, {"memfd", "m"}, {"size", 8193}, {"first", 1}, {"count", 2}})["result"];
  EXPECT_EQ(result["bytes"], 8193);
  std::array<std::byte, kPageBytes> page;
  std::string digests;
  fill_page(PagePattern::random, {3, 4}, 1, page);
  digests += hex_word(page_digest(HashKind::scalar, page));
  fill_page(PagePattern::random, {3, 4}, 2, page);
  digests += hex_word(page_digest(HashKind::scalar, std::span(page).first(1)));
  EXPECT_EQ(result["digests"], digests);
}

TEST_F(DispatcherTest, DigestsPagesAsFarAsThereAreAny) {
  ask(Json{{"op", "memfd.create"}, {"memfd", "m"}, {"size", 8192}});
  const auto digests = [&](std::uint64_t first, std::uint64_t count) {
    return ask(Json{{"op", "memfd.pages"},
                    {"memfd", "m"},
                    {"size", 40960},
                    {"first", first},
                    {"count", count}})["result"]["digests"]
               .get<std::string>()
               .size() /
           16;
  };
  EXPECT_EQ(digests(0, 10), 2U);
  EXPECT_EQ(digests(1, 3), 1U);
  EXPECT_EQ(digests(2, 8), 0U);
}

TEST_F(DispatcherTest, LooksAtAPageThatGrewAsFarAsItShouldReach) {
  ask(Json{{"op", "memfd.create"}, {"memfd", "m"}, {"size", 4096}});
  const Json result = ask(Json{
      {"op", "memfd.pages"}, {"memfd", "m"}, {"size", 10}, {"first", 0}, {"count", 1}})["result"];
  const std::array<std::byte, 10> zeroes{};
  EXPECT_EQ(result["digests"], hex_word(page_digest(HashKind::scalar, zeroes)));
}

TEST_F(DispatcherTest, SendsTheEndsOfPagesAndTheFirstOnesWhole) {
  ask(Json{{"op", "memfd.create"},
           {"memfd", "m"},
           {"size", 16384},
           {"pattern", "records"},
           {"seed", 3},
           {"mark", 4}});
  const Json heads =
      ask(Json{{"op", "memfd.heads"},
               {"memfd", "m"},
               {"size", 16384},
               {"runs", {{{"first", 0}, {"count", 1}}, {{"first", 2}, {"count", 2}}}},
               {"whole", 1}})["result"]["heads"];
  ASSERT_EQ(heads.size(), 3U);
  EXPECT_EQ(heads[0]["bytes"].get<std::string>().size(), 8192U);
  EXPECT_FALSE(heads[1].contains("bytes"));
  EXPECT_EQ(heads[2]["page"], 3);
  std::array<std::byte, kPageBytes> page;
  fill_page(PagePattern::records, {3, 4}, 3, page);
  const auto* const text = reinterpret_cast<const char*>(page.data());
  EXPECT_EQ(heads[2]["head"], to_hex({text, 40}));
  EXPECT_EQ(heads[2]["tail"], to_hex({text + 4088, 8}));
}

TEST_F(DispatcherTest, RefusesPagesThatDoNotFitAnAnswer) {
  ask(Json{{"op", "memfd.create"}, {"memfd", "m"}, {"size", 4096}});
  const auto refusal = [&](Json request) {
    request["memfd"] = "m";
    request["size"] = std::uint64_t{1} << 40;
    const Json answer = ask(request);
    return answer["ok"] == true ? std::string() : answer["error"]["detail"].get<std::string>();
  };
  EXPECT_THAT(refusal({{"op", "memfd.pages"}, {"first", 0}, {"count", 16385}}), HasSubstr("16384"));
  EXPECT_THAT(refusal({{"op", "memfd.pages"}, {"first", ~0ULL}, {"count", 2}}), HasSubstr("size"));
  const auto runs = [&](std::uint64_t first, std::uint64_t count) {
    return refusal({{"op", "memfd.heads"}, {"runs", {{{"first", first}, {"count", count}}}}});
  };
  EXPECT_EQ(runs(0, 4096), "");
  EXPECT_THAT(runs(0, 4097), HasSubstr("4096"));
  EXPECT_THAT(runs(~0ULL, ~0ULL), HasSubstr("size"));
  EXPECT_THAT(refusal({{"op", "memfd.heads"}, {"runs", Json::array()}, {"whole", 17}}),
              HasSubstr("whole"));
}

TEST_F(DispatcherTest, RefusesRangesThatDoNotFitAnAnswer) {
  ask(Json{{"op", "memfd.create"},
           {"memfd", "m"},
           {"size", std::uint64_t{2} << 40},
           {"layout", {{"hole_pages", 1}, {"hole_period", 1}}}});
  for (const std::uint64_t range : {0, 1, 4097, 4096}) {
    const Json answer = ask(Json{{"op", "memfd.digest"}, {"memfd", "m"}, {"range_bytes", range}});
    EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("range_bytes")) << range;
  }
}

TEST_F(DispatcherTest, RefusesARetrieveByNoThreadOrTooMany) {
  for (const std::uint64_t threads : {0, 33}) {
    const Json answer = ask(Json{{"op", "retrieve"},
                                 {"session", "s"},
                                 {"memfd", "m"},
                                 {"token", 1},
                                 {"threads", threads}});
    EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("threads")) << threads;
  }
}

TEST_F(DispatcherTest, RefusesASessionAskedForByNoThreadOrTooMany) {
  for (const std::uint64_t threads : {0, 33}) {
    const Json answer =
        ask(Json{{"op", "session.retrieve"}, {"session", "s"}, {"threads", threads}});
    EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("threads")) << threads;
  }
}

TEST_F(DispatcherTest, RefusesNoSessionsOrTooManyOrManyOfOneName) {
  for (const std::uint64_t count : {0, 10'001}) {
    const Json answer = ask(Json{{"op", "session.create"}, {"session", "s"}, {"count", count}});
    EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("count")) << count;
  }
  const Json answer =
      ask(Json{{"op", "session.create"}, {"session", "s"}, {"count", 2}, {"name_bytes", 4}});
  EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("names of their own"));
}

TEST_F(DispatcherTest, RefusesToStarveWhatItCanNot) {
  const auto refusal = [&](const Json& request) {
    return ask(request)["error"]["detail"].get<std::string>();
  };
  EXPECT_THAT(refusal({{"op", "starve"}, {"call", "finish"}, {"session", "s"}}),
              HasSubstr("\"finish\" is none of"));
  EXPECT_THAT(refusal({{"op", "starve"}, {"call", "preserve"}, {"session", "s"}}),
              HasSubstr("memfd"));
  EXPECT_THAT(refusal({{"op", "starve"}, {"call", "retrieve_fd"}, {"session", "s"}, {"token", 0}}),
              HasSubstr("\"s\""));
}

TEST(CountedPreserve, NamesTheFileThatIsNotHeld) {
  Holdings holdings("/nonexistent", {.regenerates = true});  // sessions need no kernel
  Dispatcher dispatcher(holdings, false);
  const auto ask = [&](const Json& request) {
    return Json::parse(dispatcher.answer(request.dump()).line);
  };
  ASSERT_EQ(ask({{"op", "session.retrieve"}, {"session", "s"}})["ok"], true);
  const Json answer =
      ask({{"op", "preserve"}, {"session", "s"}, {"memfd", "m"}, {"token", 0}, {"count", 2}});
  EXPECT_EQ(answer["error"]["errno"], "ENOENT");
  EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("\"m-0\""));
}

TEST_F(DispatcherTest, DoesNotLookForAnEmptyTextInTheLog) {
  const Json answer = ask(Json{{"op", "log.count"}, {"text", ""}});
  EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("text"));
}

TEST_F(DispatcherTest, NamesWhatIsHeldWhereAHandleIsUnknown) {
  ask(Json{{"op", "memfd.create"}, {"memfd", "vm-0/ram"}, {"size", 1}});
  const Json error = ask(Json{{"op", "memfd.stat"}, {"memfd", "vm-0/rma"}})["error"];
  EXPECT_EQ(error["errno"], "ENOENT");
  EXPECT_THAT(error["detail"].get<std::string>(), HasSubstr("vm-0/ram"));
}

TEST_F(DispatcherTest, RefusesAHandleTwiceAndTakesItAfterClose) {
  const Json create{{"op", "memfd.create"}, {"memfd", "m"}, {"size", 1}};
  EXPECT_EQ(ask(create)["ok"], true);
  EXPECT_EQ(ask(create)["error"]["errno"], "EEXIST");
  EXPECT_EQ(ask(Json{{"op", "memfd.close"}, {"memfd", "m"}})["ok"], true);
  EXPECT_EQ(ask(create)["ok"], true);
}

TEST_F(DispatcherTest, RunsABatchToItsEndOrToTheFirstError) {
  Json batch{{"op", "batch"}, {"ops", {{{"op", "info"}}, {{"op", "nonsense"}}, {{"op", "info"}}}}};
  EXPECT_EQ(ask(batch)["result"]["results"].size(), 3u);
  batch["stop_on_error"] = true;
  const Json results = ask(batch)["result"]["results"];
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["ok"], true);
  EXPECT_EQ(results[1]["error"]["errno"], "ENOSYS");
}

TEST_F(DispatcherTest, RefusesKexecPoweroffAndBatchWithinABatch) {
  const Json batch{
      {"op", "batch"},
      {"ops",
       {{{"op", "kexec"}}, {{"op", "poweroff"}}, {{"op", "batch"}, {"ops", Json::array()}}, 7}}};
  const Reply reply = dispatcher_.answer(batch.dump());
  EXPECT_EQ(reply.then, AfterReply::nothing);
  const Json results = Json::parse(reply.line)["result"]["results"];
  ASSERT_EQ(results.size(), 4u);
  for (const Json& result : results) EXPECT_EQ(result["ok"], false);
}

TEST_F(DispatcherTest, SaysThatItGoesBeforeAKexec) {
  const Reply reply = dispatcher_.answer(R"({"id":9,"op":"kexec"})");
  EXPECT_EQ(reply.then, AfterReply::kexec);
  const Json answer = Json::parse(reply.line);
  EXPECT_EQ(answer["going"], true);
  EXPECT_EQ(answer["id"], 9);
}

TEST_F(DispatcherTest, KeepsTheIdForAKexecThatIsRefused) {
  dispatcher_.answer(R"({"id":9,"op":"kexec"})");
  const Json answer =
      Json::parse(dispatcher_.answer_refused({"reboot(LINUX_REBOOT_CMD_KEXEC)", EINVAL, "x"}));
  EXPECT_EQ(answer["id"], 9);
  EXPECT_THAT(answer["error"]["promise"].get<std::string>(), testing::StartsWith("19:"));
}

TEST_F(DispatcherTest, SwitchesOffNoMachineThatItDidNotStart) {
  const Reply reply = dispatcher_.answer(R"({"id":1,"op":"poweroff"})");
  EXPECT_EQ(reply.then, AfterReply::nothing);
  EXPECT_EQ(Json::parse(reply.line)["error"]["errno"], "EPERM");
  EXPECT_EQ(Dispatcher(holdings_, true).answer(R"({"op":"poweroff"})").then, AfterReply::power_off);
}

TEST_F(DispatcherTest, AnswersALineThatWasTooLong) {
  EXPECT_EQ(Json::parse(dispatcher_.answer_too_long())["error"]["errno"], "EMSGSIZE");
}

TEST_F(DispatcherTest, ReplacesBytesThatAreNoUtf8InItsAnswers) {
  const Json answer = ask(std::string("{\"op\":\"memfd.stat\",\"memfd\":\"a\\u0000b\"}"));
  EXPECT_EQ(answer["error"]["errno"], "ENOENT");
}

TEST_F(DispatcherTest, CalibratesAndChoosesOneOfTheMeasured) {
  const Json result = ask(Json{{"op", "calibrate"}})["result"];
  std::vector<std::string> kinds;
  for (const Json& hash : result["hashes"]) kinds.push_back(hash["kind"]);
  EXPECT_THAT(kinds, testing::Contains(result["chosen"].get<std::string>()));
}

TEST_F(DispatcherTest, BenchmarksEachPass) {
  ask(Json{{"op", "memfd.create"}, {"memfd", "m"}, {"size", 65536}});
  for (const char* const op : {"bench.read", "bench.digest"}) {
    const Json result = ask(Json{{"op", op}, {"memfd", "m"}, {"repeats", 3}})["result"];
    EXPECT_EQ(result["bytes"], 65536);
    EXPECT_EQ(result["passes"].size(), 3u);
    EXPECT_EQ(ask(Json{{"op", op}, {"memfd", "m"}, {"repeats", 0}})["error"]["errno"], "EINVAL");
  }
}

TEST(Misbehaviour, IsOffUnlessTheCommandLineAsksForIt) {
  EXPECT_FALSE(parse_misbehaviour("kho=on").regenerates);
  EXPECT_TRUE(parse_misbehaviour("kho=on luolab.misbehave=regenerate").regenerates);
  EXPECT_FALSE(parse_misbehaviour("luolab.misbehave=regenerate").invents_nonce);
  EXPECT_TRUE(parse_misbehaviour("luolab.misbehave=nonce").invents_nonce);
}

TEST(Misbehaviour, RegeneratedMemoryHasTheAskedSizeAndAnotherContent) {
  Holdings holdings("/nonexistent", {true, false});
  Dispatcher dispatcher(holdings, false);
  const auto ask = [&](const Json& request) {
    return Json::parse(dispatcher.answer(request.dump()).line);
  };
  EXPECT_EQ(ask({{"op", "session.retrieve"}, {"session", "s"}})["ok"], true);
  EXPECT_EQ(ask({{"op", "retrieve"},
                 {"session", "s"},
                 {"memfd", "m"},
                 {"token", 0},
                 {"size", 8192}})["result"]["size"],
            8192);
  EXPECT_EQ(ask({{"op", "finish"}, {"session", "s"}})["ok"], true);
  const Json digest =
      ask({{"op", "memfd.digest"}, {"memfd", "m"}, {"pattern", "random"}, {"mark", 4}})["result"];
  EXPECT_EQ(digest["bad_marks"]["count"], 2);
}

}  // namespace
}  // namespace luolab
