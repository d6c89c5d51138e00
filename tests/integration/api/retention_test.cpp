// SPDX-License-Identifier: Apache-2.0
// What is kept of old runs, as a client sees it.
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "db/sqlite.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;

class RetentionTest : public ApiTest {
 protected:
  void SetUp() override {
    options_.keep_artifacts = std::chrono::hours{24};
    start();
  }

  /// A run of one job that ends with this verdict and leaves a file of that content.
  std::string ended_run(Verdict verdict, const std::string& content) {
    const std::string run = submit(1, "?confirm=0");
    SimulatedWorker worker = connected("w1");
    const LeaseGrant grant = worker.lease();
    worker.upload(grant.attempt, content);
    AttemptReport report = plain_report(verdict, "as it is");
    report.artifacts = {{"console.log", sha256_of(content), content.size(), ""}};
    EXPECT_EQ(worker.report(grant.attempt, report).status, 204);
    return run;
  }

  /// All runs so far ended two days ago; the controller then starts anew and looks after them.
  void two_days_later() {
    stop();
    {
      Database store(store_file(state_));
      store.execute(fmt::format("UPDATE runs SET finished_ns = finished_ns - {}",
                                std::chrono::nanoseconds{48h}.count()));
    }
    start();
    ASSERT_TRUE(log_.wait_for("event=retention"));
  }

  int file_status(const std::string& content) {
    return client().get("/api/v1/artifacts/" + sha256_of(content)).status;
  }
};

TEST_F(RetentionTest, FilesOfOldRunsGoButNotOfPinnedOnesOrOfOpenFailures) {
  const std::string plain = ended_run(Verdict::PASS, "plain");
  const std::string pinned = ended_run(Verdict::PASS, "pinned");
  const std::string failure = ended_run(Verdict::FAIL, "failure");
  EXPECT_EQ(client()
                .send("PATCH", "/api/v1/runs/" + pinned, boost::json::object{{"pinned", true}})
                .status,
            200);
  for (const char* content : {"plain", "pinned", "failure"}) EXPECT_EQ(file_status(content), 200);
  two_days_later();
  EXPECT_EQ(file_status("plain"), 404);
  EXPECT_EQ(file_status("pinned"), 200);
  EXPECT_EQ(file_status("failure"), 200);
  for (const std::string& run : {plain, pinned, failure})
    EXPECT_EQ(client().get("/api/v1/runs/" + run).status, 200) << "rows stay";
}

TEST_F(RetentionTest, WhatIsUnpinnedGoesLater) {
  const std::string run = ended_run(Verdict::PASS, "once pinned");
  const std::string path = "/api/v1/runs/" + run;
  client().send("PATCH", path, boost::json::object{{"pinned", true}});
  client().send("PATCH", path, boost::json::object{{"pinned", false}});
  two_days_later();
  EXPECT_EQ(file_status("once pinned"), 404);
}

}  // namespace
}  // namespace luolab
