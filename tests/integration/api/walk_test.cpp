// SPDX-License-Identifier: Apache-2.0
// One long life of a controller that reaches every operation of the document, with each of its
// successes; the fixture asks for that at the end.
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* kPatch =
    R"(From 0000000000000000000000000000000000000001 Mon Sep 17 00:00:00 2001
From: Somebody <somebody@example.org>
Date: Tue, 3 Feb 2026 04:05:06 +0000
Subject: [PATCH] mm: say less

---
 mm/memfd.c | 1 -
 1 file changed, 1 deletion(-)

diff --git a/mm/memfd.c b/mm/memfd.c
--- a/mm/memfd.c
+++ b/mm/memfd.c
@@ -1,3 +1,2 @@
 a
-b
 c
--
2.39.5
)";

std::string part(const std::string& name, const std::string& filename, const std::string& bytes) {
  const std::string file = filename.empty() ? "" : fmt::format("; filename=\"{}\"", filename);
  return fmt::format("--limit\r\nContent-Disposition: form-data; name=\"{}\"{}\r\n\r\n{}\r\n", name,
                     file, bytes);
}

class Walk : public ApiTest {
 protected:
  void SetUp() override {
    cover_ = true;
    options_.require_tokens = true;
    admin_ = token("boss", TokenRole::admin);
    start();
  }

  void walk_operations();
  void walk_tokens();
  void walk_submissions();
  void walk_worker();
  void walk_build(SimulatedWorker& worker, const LeaseGrant& grant);
  void walk_upload(SimulatedWorker& worker, const LeaseGrant& grant);
  void walk_results();
  void walk_files();
  void walk_endings();
  void walk_fleet();
  void walk_gates();

  std::string submitter_, lab_, reader_;
  std::string run_;   ///< of two jobs
  std::string file_;  ///< that the first attempt handed in
  LeaseGrant first_;
};

void Walk::walk_operations() {
  ApiClient nobody = client();
  for (const char* target : {"/healthz", "/readyz", "/api/v1/openapi.json"})
    EXPECT_EQ(nobody.get(target).status, 200) << target;
  ApiClient boss = client(admin_);
  EXPECT_THAT(boss.get("/metrics").body, HasSubstr("# TYPE"));
  EXPECT_EQ(boss.get("/api/v1/version").text("version"), "test");
  EXPECT_EQ(boss.get("/api/v1/status").json().at("running").as_int64(), 0);
  EXPECT_EQ(boss.send("HEAD", "/api/v1/version").status, 200);
}

void Walk::walk_tokens() {
  ApiClient boss = client(admin_);
  const auto make = [&](const std::string& name, const std::string& role) {
    const ApiAnswer made =
        boss.send("POST", "/api/v1/tokens", boost::json::object{{"name", name}, {"role", role}});
    EXPECT_EQ(made.status, 201);
    return made.text("secret");
  };
  submitter_ = make("ann", "submit");
  lab_ = make("bench", "worker");
  reader_ = make("guest", "read");
  const std::string gone = make("gone", "read");
  const auto tokens = boss.all("/api/v1/tokens");
  EXPECT_EQ(tokens.size(), 5u);
  const std::string id = std::to_string(token_id(gone).value);
  EXPECT_EQ(boss.send("DELETE", "/api/v1/tokens/" + id).status, 204);
  EXPECT_EQ(client(gone).get("/api/v1/runs").status, 401);
}

void Walk::walk_submissions() {
  ApiClient ann = client(submitter_);
  const ApiAnswer dry = ann.submit(scenario(3), "?dry_run=true");
  EXPECT_EQ(dry.status, 200);
  EXPECT_EQ(dry.json().at("jobs").as_array().size(), 3u);
  const ApiAnswer made = ann.submit(scenario(2), "?priority=70&title=first+light");
  EXPECT_EQ(made.status, 201) << made.body;
  run_ = made.text("run");
  EXPECT_EQ(made.fields.get("Location"), "/api/v1/runs/" + run_);

  const boost::json::object order{{"documents", boost::json::array{boost::json::object{
                                                    {"name", "x.yaml"}, {"text", scenario()}}}},
                                  {"series_key", "memfd"},
                                  {"revision", 1}};
  const ApiAnswer older = ann.send("POST", "/api/v1/runs", order);
  EXPECT_EQ(older.status, 201) << older.body;
  const std::string with_program =
      scenario(1, "load:\n  - {kind: exec, file: /home/ann/burn.sh}\n");
  std::string form = part("scenario", "small.yaml", with_program) +
                     part("series", "0001-say-less.patch", kPatch) +
                     part("file", "burn.sh", "#!/bin/sh\n") + part("series_key", "", "memfd") +
                     part("revision", "", "2") + "--limit--\r\n";
  const ApiAnswer newer =
      ann.send("POST", "/api/v1/runs", form,
               fields_of({{"Content-Type", "multipart/form-data; boundary=limit"}}));
  EXPECT_EQ(newer.status, 201) << newer.body;
  const auto superseded = run(older.text("run"));
  EXPECT_EQ(superseded.at("superseded_by").as_string(), newer.text("run"));
  EXPECT_EQ(superseded.at("state").as_string(), "done");

  const HttpFields key = fields_of({{"Idempotency-Key", "k1"}});
  EXPECT_EQ(ann.submit(scenario(), "", key).status, 201);
  EXPECT_EQ(ann.submit(scenario(), "", key).status, 200);
  for (const char* filter : {"", "?state=running", "?submitter=ann", "?series_key=memfd",
                             "?text=light", "?limit=1", "?verdict=MISS"})
    EXPECT_FALSE(ann.all(std::string("/api/v1/runs") + filter).empty()) << filter;
  EXPECT_THAT(ann.get("/api/v1/runs/" + run_).text("source_text"), HasSubstr("4 KiB survive"));
  EXPECT_EQ(ann.all("/api/v1/jobs?state=queued&limit=1").size(), 4u);
  const std::string job = jobs_of(run_).front();
  EXPECT_EQ(ann.get("/api/v1/jobs/" + job + "/why").text("code"), "no-worker-fits");
}

void Walk::walk_build(SimulatedWorker& worker, const LeaseGrant& grant) {
  ASSERT_FALSE(grant.builds.empty());
  EXPECT_EQ(grant.builds.front().artifact, "");
  worker.build(grant);
  ApiClient guest = client(reader_);
  const auto builds = guest.all("/api/v1/fleet-builds?state=ready");
  ASSERT_EQ(builds.size(), 1u);
  EXPECT_EQ(builds[0].at("key").as_string(), grant.builds.front().key);
}

/// In two pieces, with the first one repeated.
void Walk::walk_upload(SimulatedWorker& worker, const LeaseGrant& grant) {
  const std::string bytes = "Linux version 7.3\nHello\n";
  file_ = sha256_of(bytes);
  const auto send = [&](std::size_t offset, std::size_t size) {
    const HttpFields fields = fields_of({{"Upload-Offset", std::to_string(offset)},
                                         {"Upload-Length", std::to_string(bytes.size())},
                                         {"Luolab-Attempt", fmt::format("a{}", grant.attempt)},
                                         {"Content-Type", "application/octet-stream"}});
    return worker.client().send("PATCH", "/api/v1/artifacts/" + file_, bytes.substr(offset, size),
                                fields);
  };
  EXPECT_EQ(send(0, 10).status, 204);
  const ApiAnswer again = send(0, 10);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.fields.get("Upload-Offset"), "10");
  EXPECT_EQ(client(reader_).get("/api/v1/artifacts/" + file_).fields.get("Upload-Offset"), "10");
  EXPECT_EQ(send(10, bytes.size()).status, 201);
  EXPECT_EQ(send(0, bytes.size()).status, 201);
}

void Walk::walk_worker() {
  SimulatedWorker worker = connected("w1", lab_);
  first_ = worker.lease();
  EXPECT_EQ(std::to_string(first_.run), run_);
  walk_build(worker, first_);
  EXPECT_THAT(worker.heartbeat({first_.attempt}).cancel, testing::IsEmpty());
  ApiClient guest = client(reader_);
  const auto leases = guest.all("/api/v1/leases?limit=1");
  ASSERT_EQ(leases.size(), 1u);
  EXPECT_EQ(leases[0].at("activity").as_string(), "boots");

  const std::string console = attempt_path(first_.attempt, "/console");
  EXPECT_EQ(worker.console(first_.attempt, 0, "Linux version 7.3\n").status, 204);
  EXPECT_EQ(guest.get(console).body, "Linux version 7.3\n");
  EXPECT_EQ(guest.get(console, fields_of({{"Range", "bytes=0-4"}})).body, "Linux");
  walk_upload(worker, first_);
  AttemptReport report = plain_report(Verdict::PASS, "every check held");
  report.artifacts = {{"console.log", file_, 24, ""}};
  EXPECT_EQ(worker.report(first_.attempt, report).status, 204);
  EXPECT_EQ(worker.report(first_.attempt, report).status, 204);
  const LeaseGrant second = worker.lease();
  EXPECT_EQ(std::to_string(second.run), run_);
  EXPECT_EQ(worker.report(second.attempt, Verdict::PASS), 204);
  EXPECT_EQ(run(run_).at("state").as_string(), "done");
}

void Walk::walk_results() {
  ApiClient guest = client(reader_);
  const std::string attempt = attempt_path(first_.attempt, "");
  const std::string job = fmt::format("/api/v1/jobs/j{}", first_.job_id);
  for (const std::string format :
       {"", "?format=json", "?format=ktap", "?format=junit", "?format=csv"})
    EXPECT_EQ(guest.get("/api/v1/runs/" + run_ + "/results" + format).status, 200) << format;
  EXPECT_EQ(guest.get(job).json().at("tries").as_array().size(), 1u);
  EXPECT_EQ(guest.all(job + "/attempts").size(), 1u);
  const ApiAnswer script = guest.get(job + "/reproduce");
  EXPECT_THAT(script.body, HasSubstr("\"scenario\": \"small\""));
  EXPECT_THAT(script.fields.get("Content-Disposition"), HasSubstr("reproduce-j"));
  EXPECT_EQ(guest.get("/api/v1/jobs/j99999/reproduce").status, 404);
  EXPECT_EQ(guest.all("/api/v1/attempts?worker=w1&state=done").size(), 2u);
  EXPECT_TRUE(guest.get(attempt).json().at("report").is_object());
  for (const char* rows : {"hops", "phases", "checksums", "measurements"}) {
    const auto of_attempt = guest.all(attempt + "/" + rows);
    EXPECT_FALSE(of_attempt.empty()) << rows;
    if (std::string(rows) == "hops") continue;
    const auto all = guest.all(std::string("/api/v1/") + rows + "?limit=1&scenario=small");
    EXPECT_EQ(all.size(), 2 * of_attempt.size()) << rows;
  }
  EXPECT_FALSE(
      guest.all("/api/v1/phases?name=blackout&job=j" + std::to_string(first_.job_id)).empty());
  const auto builds = guest.all("/api/v1/builds?limit=1");
  EXPECT_EQ(builds.size(), 2u);
  const std::string key(builds.front().at("digest").as_string());
  const auto build = guest.get("/api/v1/builds/" + key).json();
  EXPECT_EQ(build.at("build").at("build").at("digest").as_string(), key);
  EXPECT_EQ(guest.get("/api/v1/builds/none").status, 404);
  EXPECT_EQ(guest.all("/api/v1/jobs?limit=1&kernel=" + key).size(), 2u);
  EXPECT_EQ(guest.all("/api/v1/jobs?kernel=none").size(), 0u);
  const auto points = guest.all("/api/v1/runs/" + run_ + "/points");
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points.front().at("title").as_string(), "small");
  EXPECT_EQ(points.front().at("verdicts").at("PASS").as_int64(), 2);
  const auto phases = guest.all("/api/v1/runs/" + run_ + "/phases");
  EXPECT_FALSE(phases.empty());
  EXPECT_GT(phases.front().at("most_ns").as_int64(), 0);
  EXPECT_FALSE(guest.all("/api/v1/bases").empty());
  EXPECT_FALSE(guest.all("/api/v1/search?q=small").empty());
  EXPECT_EQ(guest.get("/api/v1/caller").text("role"), "read");
  const auto trend = guest.all("/api/v1/trend?phase=blackout&newest=10");
  EXPECT_EQ(trend.front().at("verdict").as_string(), "PASS");
  EXPECT_GT(trend.front().at("duration_ns").as_int64(), 0);
  EXPECT_EQ(guest.all("/api/v1/trend?scenario=small&worker=nobody").size(), 0u);
  EXPECT_EQ(guest.get("/api/v1/trend?newest=5001").status, 400);
  const auto choices = guest.get("/api/v1/trend/choices").json();
  EXPECT_EQ(choices.at("scenarios").as_array().at(0).as_string(), "small");
  guest.all("/api/v1/trend/pairs?phase=blackout&newest=5");
  guest.all("/api/v1/trend/flaky?scenario=small");
  const auto events = guest.all("/api/v1/events?run=" + run_ + "&limit=2");
  EXPECT_EQ(events.front().at("kind").as_string(), "run.created");
  EXPECT_EQ(events.back().at("kind").as_string(), "run.done");
}

void Walk::walk_files() {
  ApiClient guest = client(reader_);
  const std::string file = "/api/v1/artifacts/" + file_;
  EXPECT_EQ(guest.get(file).body, "Linux version 7.3\nHello\n");
  EXPECT_EQ(guest.get(file, fields_of({{"Range", "bytes=-6"}})).body, "Hello\n");
  EXPECT_EQ(guest.get(file, fields_of({{"Range", "bytes=99-"}})).status, 416);
  EXPECT_EQ(guest.all(file + "/uses").size(), 1u);
  const std::string console = fmt::format("/api/v1/jobs/j{}/console", first_.job_id);
  EXPECT_EQ(guest.get(console).body, "Linux version 7.3\nHello\n");
  EXPECT_EQ(guest.get(console, fields_of({{"Range", "bytes=0-4"}})).status, 206);
  EXPECT_EQ(guest.get(console + "?follow&offset=18").body, "Hello\n");
  const std::string bearer = "Authorization: Bearer " + reader_ + "\r\n";
  EventReader lines = events(console + "?match=Hello", bearer);
  EXPECT_EQ(lines.next("line").value().data, "Hello");
  EXPECT_TRUE(lines.next("end"));
  EventReader stream =
      events("/api/v1/events?kind=run.done&after=0", bearer + "Last-Event-ID: 1\r\n");
  EXPECT_TRUE(stream.next("run.done"));
}

void Walk::walk_endings() {
  ApiClient ann = client(submitter_);
  const std::string job = "/api/v1/jobs/j" + std::to_string(first_.job_id);
  EXPECT_EQ(ann.send("POST", job + "/retry").json().at("jobs").as_int64(), 1);
  EXPECT_EQ(ann.send("POST", job + "/retry").status, 409);
  EXPECT_EQ(ann.send("POST", job + "/cancel").json().at("jobs").as_int64(), 1);
  const std::string run = "/api/v1/runs/" + run_;
  const boost::json::object misses{{"verdicts", boost::json::array{"MISS"}}};
  EXPECT_EQ(ann.send("POST", run + "/retry", misses).json().at("jobs").as_int64(), 1);
  const boost::json::object reason{{"reason", "enough"}};
  EXPECT_EQ(ann.send("POST", run + "/cancel", reason).json().at("jobs").as_int64(), 1);
  EXPECT_EQ(ann.get(job).json().at("job").at("reason").as_string(), "enough");
  EXPECT_EQ(ann.send("PATCH", run, boost::json::object{{"pinned", true}}).status, 200);
  EXPECT_TRUE(this->run(run_).at("pinned").as_bool());
}

void Walk::walk_fleet() {
  ApiClient boss = client(admin_);
  SimulatedWorker second = worker("w2", lab_);
  second.hello.targets = {"rack-1"};
  second.hello.slots = 1;
  second.connect();
  EXPECT_EQ(boss.all("/api/v1/workers?limit=1").size(), 2u);
  EXPECT_EQ(boss.all("/api/v1/targets").size(), 1u);
  EXPECT_EQ(boss.get(second.path()).text("status"), "online");
  EXPECT_EQ(
      boss.send("PATCH", second.path(), boost::json::object{{"state", "draining"}}).text("status"),
      "draining");
  EXPECT_TRUE(second.finds_nothing());
  EXPECT_EQ(boss.send("POST", second.path("/trust")).status, 200);
  EXPECT_EQ(boss.send("DELETE", second.path()).status, 204);
  EXPECT_EQ(boss.get(second.path()).status, 404);
}

void Walk::walk_gates() {
  ApiClient ann = client(submitter_);
  const boost::json::object order{{"named_series", boost::json::array{"phase-stamps"}},
                                  {"suite", "quick"},
                                  {"title", "stamps"}};
  const ApiAnswer made = ann.send("POST", "/api/v1/gates", order);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string gate = "/api/v1/gates/" + made.text("gate");
  EXPECT_EQ(made.fields.get("Location"), gate);
  EXPECT_EQ(ann.all("/api/v1/gates?limit=1").size(), 1u);
  EXPECT_EQ(ann.get(gate).json().at("gate").at("title").as_string(), "stamps");
  for (const char* format : {"json", "markdown", "mail", "junit", "ktap", "kcidb", "github"})
    EXPECT_EQ(ann.get(gate + "/report?format=" + format).status, 200) << format;
  const ApiAnswer canceled =
      ann.send("POST", gate + "/cancel", boost::json::object{{"reason", "enough"}});
  EXPECT_EQ(canceled.text("state"), "canceled") << canceled.body;
  EXPECT_EQ(ann.send("POST", gate + "/cancel").status, 409);
}

TEST_F(Walk, AWholeLifeReachesEveryOperationAndSuccess) {
  walk_operations();
  walk_tokens();
  walk_submissions();
  walk_worker();
  walk_results();
  walk_files();
  walk_endings();
  walk_fleet();
  walk_gates();
}

}  // namespace
}  // namespace luolab
