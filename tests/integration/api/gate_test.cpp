// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/protocol/json.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPatch =
    "Subject: [PATCH] mm: memfd_luo: say less\n\n---\n--- a/mm/memfd_luo.c\n+++ b/mm/memfd_luo.c\n"
    "@@ -1 +1 @@\n-a\n+b\n";

/// A fleet of one worker whose kernels do what a test says.
class GateApiTest : public ApiTest {
 protected:
  void SetUp() override { start(); }

  std::string start_gate(const std::string& query = "?suite=quick") {
    const ApiAnswer made = client().send("POST", "/api/v1/gates" + query, kPatch,
                                         fields_of({{"Content-Type", "text/plain"}}));
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("gate");
  }
  boost::json::object gate(const std::string& id) {
    return client().get("/api/v1/gates/" + id).json();
  }
  std::string state(const std::string& id) {
    return std::string(gate(id).at("gate").at("state").as_string());
  }

  /// Carries out jobs until the gate has ended, or so many were done.
  std::size_t work_for(const std::string& id, SimulatedWorker& worker, std::size_t most = 10'000) {
    std::size_t done = 0;
    while (done < most && state(id) == "running") {
      const ApiAnswer granted = worker.ask(std::chrono::milliseconds{200});
      if (granted.status != 200) continue;
      const auto grant = from_json<LeaseGrant>(granted.body).value();
      worker.report(grant.attempt, report_of(grant.job));
      ++done;
    }
    return done;
  }

  AttemptReport report_of(const Job& job) {
    if (!job.build_only) {
      AttemptReport report = plain_report(verdict_(job), "as it is");
      const double noise = 1 + 0.001 * static_cast<double>(++boot_ % 7);
      report.phases.clear();
      for (const char* name : {"preserve", "retrieve", "blackout"}) {
        Phase phase;
        phase.name = name;
        phase.hop = 0;
        phase.duration = std::chrono::nanoseconds{static_cast<std::int64_t>(1e8 * noise)};
        report.phases.push_back(phase);
      }
      return report;
    }
    AttemptReport report = plain_report(Verdict::DONE, "built");
    const std::string content = job.point.at("kernel") == "candidate" ? content_ : "base";
    report.builds = {{"key-" + content, "title", "7.3.4", "7.3.4-1", "id-" + content,
                      fmt::format(R"({{"runtime_sha256": "{}"}})", content)}};
    return report;
  }

  std::function<Verdict(const Job&)> verdict_ = [](const Job&) { return Verdict::PASS; };
  std::string content_ = "patched";
  std::size_t boot_ = 0;
};

bool is_candidate(const Job& job) { return job.point.at("kernel") == "candidate"; }

TEST_F(GateApiTest, ASeriesThatHoldsMayGoIn) {
  const std::string id = start_gate();
  SimulatedWorker worker = connected("w1");
  work_for(id, worker);
  const auto answer = gate(id);
  EXPECT_EQ(answer.at("gate").at("answer").as_string(), "may_go_in")
      << answer.at("gate").at("reason").as_string();
  EXPECT_GT(answer.at("report").at("tests").as_array().size(), 30u);
  EXPECT_EQ(answer.at("report").at("phases").as_array().size(), 3u);
  EXPECT_GE(answer.at("report").at("runs").as_array().size(), 3u);
}

TEST_F(GateApiTest, AFailureOfTheCandidateAloneKeepsItOut) {
  verdict_ = [](const Job& job) {
    return job.scenario == "02-size" && is_candidate(job) ? Verdict::FAIL : Verdict::PASS;
  };
  const std::string id = start_gate();
  SimulatedWorker worker = connected("w1");
  work_for(id, worker);
  EXPECT_EQ(gate(id).at("gate").at("answer").as_string(), "must_not");
  EXPECT_THAT(client().get("/api/v1/gates/" + id + "/report?format=mail").body,
              HasSubstr("02-size"));
}

TEST_F(GateApiTest, GoesOnAfterTheControllerWasStartedAnew) {
  const std::string id = start_gate();
  std::size_t done = 0;
  for (int i = 0; i < 4; ++i) {
    SimulatedWorker worker = connected("w1");
    done += work_for(id, worker, 20);
    restart();
  }
  SimulatedWorker worker = connected("w1");
  done += work_for(id, worker);
  EXPECT_EQ(state(id), "done") << gate(id).at("gate").at("reason").as_string();
  EXPECT_EQ(gate(id).at("gate").at("answer").as_string(), "may_go_in");
  std::size_t jobs = 0;
  const boost::json::object ended = gate(id);
  for (const auto& run : ended.at("report").at("runs").as_array())
    jobs += static_cast<std::size_t>(this->run(std::string(run.as_string())).at("jobs").as_int64());
  EXPECT_EQ(done, jobs) << "each job was made once";
}

TEST_F(GateApiTest, WhatChangesNothingIsNotBooted) {
  content_ = "base";
  const std::string id = start_gate();
  SimulatedWorker worker = connected("w1");
  EXPECT_EQ(work_for(id, worker), 2u);
  EXPECT_TRUE(gate(id).at("report").at("changes_nothing").as_bool());
}

TEST_F(GateApiTest, CancelingFreesTheMachine) {
  const std::string id = start_gate();
  SimulatedWorker worker = connected("w1");
  work_for(id, worker, 5);
  EXPECT_EQ(client().send("POST", "/api/v1/gates/" + id + "/cancel").status, 200);
  EXPECT_TRUE(worker.finds_nothing());
  EXPECT_EQ(state(id), "canceled");
}

TEST_F(GateApiTest, NamesWhatIsWrongWithARequest) {
  const auto refused = [&](const std::string& query, const std::string& body) {
    const ApiAnswer answer = client().send("POST", "/api/v1/gates" + query, body,
                                           fields_of({{"Content-Type", "text/plain"}}));
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.body;
  };
  EXPECT_THAT(refused("?suite=fast", kPatch), HasSubstr("known: full, quick"));
  EXPECT_THAT(refused("", ""), HasSubstr("there is no patch"));
  EXPECT_THAT(refused("", "nonsense"), AllOf(HasSubstr("series: "), Not(HasSubstr("/tmp"))));
  EXPECT_THAT(refused("?base=dir:/etc", kPatch), HasSubstr("--allow-worker-paths"));
  EXPECT_THAT(refused("?base=linux-9", kPatch), HasSubstr("linux-9"));
  EXPECT_EQ(client().get("/api/v1/gates/g77").status, 404);
  EXPECT_EQ(client().get("/api/v1/gates/nonsense").status, 404);
}

}  // namespace
}  // namespace luolab
