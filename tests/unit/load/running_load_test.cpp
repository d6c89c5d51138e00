// SPDX-License-Identifier: Apache-2.0
// Loads that really run, on this machine, asked for as the worker asks.
#include <atomic>
#include <mutex>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/dispatcher.h"
#include "core/base/file.h"
#include "core/wire/load_step.h"
#include "worker/run/load_answer.h"

namespace luolab {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kPages = 4096;
constexpr PatternKey kKey{11, 22};

class RunningLoad : public testing::Test {
 protected:
  Json ask(const Json& request) { return Json::parse(dispatcher_.answer(request.dump()).line); }
  Json done(const Json& request) {
    Json answer = ask(request);
    EXPECT_EQ(answer["ok"], true) << answer.dump();
    return answer["result"];
  }
  std::string refusal(const Json& request) {
    const Json answer = ask(request);
    EXPECT_EQ(answer["ok"], false);
    return answer["error"]["errno"].get<std::string>() + " " +
           answer["error"]["detail"].get<std::string>();
  }

  void make_memfds() {
    done({{"op", "memfd.create"},
          {"memfd", "ram"},
          {"size", kPages * kPageBytes},
          {"pattern", "records"},
          {"seed", kKey.seed},
          {"mark", kKey.mark}});
    done({{"op", "memfd.create"}, {"memfd", "journal"}, {"size", 2 * kPageBytes}});
  }
  static Json writer() {
    return {{"op", "load.start"}, {"load", "w"},          {"kind", "memory-writer"},
            {"memfd", "ram"},     {"journal", "journal"}, {"seed", kKey.seed},
            {"mark", kKey.mark},  {"threads", 2}};
  }
  static Json reader() {
    return {{"op", "load.start"},
            {"load", "r"},
            {"kind", "memory-reader"},
            {"memfd", "ram"},
            {"mark", kKey.mark}};
  }
  static Json about(const char* op, const char* load) { return {{"op", op}, {"load", load}}; }

  // Until every writer, or the load itself, has made so many steps.
  void await_steps(const char* load, std::uint64_t steps) {
    while (true) {
      const Json figures = done(about("load.status", load));
      if (!figures.contains("done") && figures["count"] >= steps) return;
      if (figures.contains("done") && figures["done"][0] >= steps && figures["done"][1] >= steps)
        return;
    }
  }
  // What the worker says of the memfd: empty: as it must be.
  std::string verdict(LoadOracle& oracle) {
    const auto worker_reads = [](const Json& result) {
      return boost::json::parse(result.dump()).as_object();
    };
    const Json journals =
        done({{"op", "load.journal"}, {"memfd", "ram"}, {"journal", "journal"}, {"threads", 2}});
    std::string problem = oracle.take_journals(read_journals(worker_reads(journals)));
    if (!problem.empty()) return problem;
    const Json digest = done(
        {{"op", "memfd.digest"}, {"memfd", "ram"}, {"pattern", "records"}, {"mark", kKey.mark}});
    if (digest["digest"] == hex(oracle.expected(kRangeBytes, HashKind::scalar, false).whole)) {
      return {};
    }
    const Json records = done({{"op", "load.records"},
                               {"memfd", "ram"},
                               {"mark", kKey.mark},
                               {"first", 0},
                               {"count", kPages}});
    return oracle.describe(read_records(worker_reads(records)));
  }
  static LoadOracle new_oracle() {
    return {{LoadOrder::sequential, 0, kPages, 2}, kKey, {kPages * kPageBytes, 0, 0, {}}};
  }

  Holdings holdings_{"/usr/bin", {}};
  Dispatcher dispatcher_{holdings_, false};
};

TEST_F(RunningLoad, WritersLeaveWhatTheirJournalsSay) {
  make_memfds();
  LoadOracle oracle = new_oracle();
  done(writer());
  await_steps("w", 3000);
  const Json last = done(about("load.stop", "w"));
  EXPECT_GE(last["done"][0], 3000);
  EXPECT_EQ(verdict(oracle), "");
  EXPECT_GE(oracle.steps(), 6000U);
}

TEST_F(RunningLoad, WritersGoOnWhereTheirJournalsEnd) {
  make_memfds();
  LoadOracle oracle = new_oracle();
  Json request = writer();
  for (const bool resume : {false, true, true}) {
    request["resume"] = resume;
    done(request);
    await_steps("w", oracle.steps() + 50);
    done(about("load.stop", "w"));
    ASSERT_EQ(verdict(oracle), "");
  }
}

TEST_F(RunningLoad, JournalsThatAreNotSaneAreNotResumed) {
  make_memfds();
  Json request = writer();
  request["resume"] = true;
  EXPECT_THAT(refusal(request), HasSubstr("EBADMSG journal of writer 0"));
}

TEST_F(RunningLoad, OneStoreThatIsDroppedOnPurposeIsFound) {
  make_memfds();
  LoadOracle oracle = new_oracle();
  Json request = writer();
  request["drop_store"] = true;
  request["rate"] = 200;  // no page is written twice
  done(request);
  await_steps("w", 5);
  holdings_.loads.leaving();
  done(about("load.stop", "w"));
  EXPECT_THAT(verdict(oracle), HasSubstr("1 of its 512 words is not of step"));
}

TEST_F(RunningLoad, ReadersFindAPageThatIsNoRecord) {
  make_memfds();
  done(
      {{"op", "memfd.write"}, {"memfd", "ram"}, {"offset", 2 * kPageBytes + 512}, {"hex", "5a5a"}});
  done(reader());
  await_steps("r", kPages);
  const Json last = done(about("load.stop", "r"));
  EXPECT_GE(last["bad"], 1);
  EXPECT_EQ(last["first_bad"], "page 2 is no whole record");
}

TEST_F(RunningLoad, ReadersOfPagesThatAreBeingWrittenFindNothing) {
  make_memfds();
  done(writer());
  done(reader());
  await_steps("r", 2000);
  EXPECT_EQ(done(about("load.stop", "r"))["bad"], 0);
}

TEST_F(RunningLoad, OtherKindsRunWithoutAProblem) {
  const TempDir folder(std::filesystem::temp_directory_path());
  for (const char* const kind : {"cpu", "fork", "io", "pressure"}) {
    done({{"op", "load.start"},
          {"load", kind},
          {"kind", kind},
          {"threads", 2},
          {"rate", 200},
          {"leave", std::uint64_t{1} << 60},
          {"folder", folder.path().string()}});
    await_steps(kind, 20);
    const Json last = done(about("load.stop", kind));
    EXPECT_EQ(last["bad"], 0) << last.dump();
  }
}

// Its devices are shut down before its CPUs are stopped: nothing that fails there tells of it.
TEST_F(RunningLoad, ADeviceMayFailOnceTheKernelIsBeingLeftAndNotBefore) {
  const TempDir folder(std::filesystem::temp_directory_path());
  done({{"op", "load.start"},
        {"load", "io"},
        {"kind", "io"},
        {"device", "/dev/full"},
        {"folder", folder.path().string()}});
  await_steps("io", 3);
  EXPECT_EQ(done(about("load.status", "io"))["first_bad"],
            "/dev/full: pwrite: No space left on device");
  holdings_.loads.leaving();
  const Json left = done(about("load.status", "io"));
  await_steps("io", left["count"].get<std::uint64_t>() + 20);
  const Json last = done(about("load.stop", "io"));
  EXPECT_LE(last["bad"].get<std::uint64_t>(), left["bad"].get<std::uint64_t>() + 1)
      << "the step in hand at most";
}

TEST_F(RunningLoad, ProgramsRunOverAndOver) {
  done({{"op", "load.start"}, {"load", "p"}, {"kind", "exec"}, {"file", "true"}});
  await_steps("p", 3);
  EXPECT_EQ(done(about("load.stop", "p"))["bad"], 0);
}

TEST_F(RunningLoad, AProgramThatFailsIsNamed) {
  done({{"op", "load.start"}, {"load", "p"}, {"kind", "exec"}, {"file", "false"}});
  await_steps("p", 1);
  EXPECT_EQ(done(about("load.stop", "p"))["first_bad"], "/usr/bin/false ended with status 1");
}

TEST_F(RunningLoad, AProgramThatNeverEndsIsStopped) {
  done({{"op", "load.start"},
        {"load", "p"},
        {"kind", "exec"},
        {"file", "sleep"},
        {"args", {"1000"}}});
  EXPECT_EQ(done(about("load.stop", "p"))["bad"], 0);
}

TEST_F(RunningLoad, HowFarItIsIsToldWithoutBeingAsked) {
  std::mutex mutex;
  std::string line;
  std::atomic<bool> told = false;
  holdings_.loads.tell([&](const std::string& text) {
    const std::lock_guard lock(mutex);
    line = text;
    told = true;
    told.notify_all();
  });
  done({{"op", "load.start"}, {"load", "c"}, {"kind", "cpu"}, {"rate", 100}});
  told.wait(false);
  done(about("load.stop", "c"));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(Json::parse(line)["ack"]["load"], "c");
}

TEST_F(RunningLoad, RequestsThatMakeNoSenseAreRefusedInWords) {
  make_memfds();
  EXPECT_THAT(refusal(about("load.stop", "w")), HasSubstr("ENOENT load \"w\" does not run"));
  Json request = writer();
  request["kind"] = "memory-wirter";
  EXPECT_THAT(refusal(request), HasSubstr("EINVAL kind: \"memory-wirter\""));
  request = writer();
  request["threads"] = 33;
  EXPECT_THAT(refusal(request), HasSubstr("threads: must be from 1 to 32"));
  request["threads"] = 3;
  EXPECT_THAT(refusal(request), HasSubstr("journal: must have a page for each thread"));
  request = writer();
  request["order"] = "sideways";
  EXPECT_THAT(refusal(request), HasSubstr("order: \"sideways\""));
  request = writer();
  request["memfd"] = "rum";
  EXPECT_THAT(refusal(request), HasSubstr("ENOENT memfd \"rum\""));
  EXPECT_THAT(
      refusal(
          {{"op", "load.records"}, {"memfd", "ram"}, {"mark", 1}, {"first", 4000}, {"count", 97}}),
      HasSubstr("EINVAL count"));
  EXPECT_THAT(refusal({{"op", "load.start"}, {"load", "p"}, {"kind", "exec"}, {"file", "../x"}}),
              HasSubstr("EINVAL file"));
}

TEST_F(RunningLoad, ANameIsTakenOnce) {
  make_memfds();
  done(reader());
  EXPECT_THAT(refusal(reader()), HasSubstr("EEXIST"));
}

}  // namespace
}  // namespace luolab
