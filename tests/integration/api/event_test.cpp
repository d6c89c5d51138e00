// SPDX-License-Identifier: Apache-2.0
// Events and consoles as they come.
#include <fmt/format.h>

#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Events : public ApiTest {
 protected:
  std::vector<std::string> ids_of(const boost::json::array& events) {
    std::vector<std::string> ids;
    for (const auto& event : events)
      ids.push_back(std::to_string(event.at("seq").to_number<std::int64_t>()));
    return ids;
  }
  std::string newest() {
    return std::to_string(
        client().get("/api/v1/status").json().at("newest_event").to_number<std::int64_t>());
  }
};

TEST_F(Events, NothingIsMissedOrDoubledOverReconnectsAndARestart) {
  start();
  std::vector<std::string> seen;
  const auto follow = [&](const std::string& last) {
    EventReader reader = events("/api/v1/events", last.empty() ? "Last-Event-ID: 0\r\n"
                                                               : "Last-Event-ID: " + last + "\r\n");
    const std::string until = newest();
    for (std::string& id : reader.ids_until(until)) seen.push_back(std::move(id));
  };
  submit(3);
  follow("");
  connected("w1").work(Verdict::PASS);
  follow(seen.back());
  restart();
  submit(2);
  follow(seen.back());
  EXPECT_EQ(seen, ids_of(client().all("/api/v1/events?limit=3")));
}

TEST_F(Events, AStreamBeginsWithWhatChangesFromNowOn) {
  start();
  submit();
  EventReader reader = events("/api/v1/events");
  const std::string run = submit();
  const auto event = reader.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, "run.created");
  EXPECT_THAT(event->data, HasSubstr("\"run\":\"" + run + "\""));
  EXPECT_THAT(reader.head(), HasSubstr("Cache-Control: no-store"));
}

TEST_F(Events, FiltersHoldForPagesAndStreamsAlike) {
  start();
  submit();
  const std::string run = submit();
  SimulatedWorker worker = connected("w1");
  worker.work(Verdict::PASS);
  const LeaseGrant grant = worker.work(Verdict::PASS);
  EXPECT_EQ(std::to_string(grant.run), run);
  for (const std::string& filter :
       {"run=" + run, fmt::format("job=j{}", grant.job_id), std::string("worker=w1"),
        std::string("kind=job."), "kind=run.done&run=" + run}) {
    const auto page = ids_of(client().all("/api/v1/events?" + filter));
    ASSERT_FALSE(page.empty()) << filter;
    EventReader stream = events("/api/v1/events?after=0&" + filter);
    EXPECT_EQ(stream.ids_until(page.back()), page) << filter;
  }
}

TEST_F(Events, AChangeAndItsEventAreOne) {
  start();
  const std::string run = submit();
  SimulatedWorker worker = connected("w1");
  worker.work(Verdict::PASS);
  std::vector<std::string> kinds;
  for (const auto& event : client().all("/api/v1/events?run=" + run))
    kinds.emplace_back(event.at("kind").as_string());
  EXPECT_THAT(kinds, ElementsAre("run.created", "job.started", "job.done", "run.done"));
}

/// How many connections the controller has open.
class SlowClient : public Events {
 protected:
  int connections() {
    const std::string text = client().get("/metrics").body;
    const std::string name = "\nluolab_http_connections ";
    const auto at = text.find(name);
    return at == std::string::npos ? -1 : std::stoi(text.substr(at + name.size()));
  }
};

TEST_F(SlowClient, IsDroppedWhileOthersGetAllAndCatchesUpLater) {
  options_.slow_client = 1s;
  start();
  RawClient slow(port(), 4096);
  slow.send(
      "GET /api/v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\nAccept: "
      "text/event-stream\r\n\r\n");
  EventReader quick = events("/api/v1/events?after=0");
  const std::string run = "/api/v1/runs/" + submit(4000);
  std::size_t all = 0;
  const auto keep_up = [&] { all += quick.ids_until(newest()).size(); };
  for (int round = 0; round < 4; ++round) {  // more than the sockets' buffers hold
    client().send("POST", run + "/cancel");
    keep_up();
    client().send("POST", run + "/retry");
    keep_up();
  }
  const std::string last = newest();
  EXPECT_EQ(all, std::stoul(last));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (connections() > 2 && std::chrono::steady_clock::now() < deadline) {
  }
  ASSERT_EQ(connections(), 2);  // the quick one, and who asks
  const std::string came = slow.read_all();
  EXPECT_THAT(came, testing::Not(HasSubstr("\nid: " + last + "\n")));
  const auto at = came.rfind("\nid: ");
  ASSERT_NE(at, std::string::npos);
  const auto before = came.rfind("\nid: ", at - 1);  // the last one that is whole
  const std::string whole = came.substr(before + 5, came.find('\n', before + 5) - before - 5);
  EventReader again = events("/api/v1/events", "Last-Event-ID: " + whole + "\r\n");
  EXPECT_EQ(again.ids_until(last).size(), std::stoul(last) - std::stoul(whole));
}

class Consoles : public Events {
 protected:
  void SetUp() override {
    start();
    submit();
    worker_.emplace(connected("w1"));
    grant_ = worker_->lease();
    path_ = attempt_path(grant_.attempt, "/console");
  }
  std::optional<SimulatedWorker> worker_;
  LeaseGrant grant_;
  std::string path_;
};

TEST_F(Consoles, LinesComeWhileTheAttemptRunsAndEndWithIt) {
  EventReader lines = events(path_);
  worker_->console(grant_.attempt, 0, "one\ntw");
  const auto one = lines.next();
  EXPECT_EQ(one.value().data, "one");
  EXPECT_EQ(one->id, "4");
  worker_->console(grant_.attempt, 6, "o\r\n");
  EXPECT_EQ(lines.next().value().data, "two");
  EventReader later = events(path_, "Last-Event-ID: 4\r\n");
  EXPECT_EQ(later.next().value().data, "two");
  EventReader matching = events(path_ + "?match=thr");
  worker_->console(grant_.attempt, 9, "three\n");
  EXPECT_EQ(matching.next().value().data, "three");
  EXPECT_EQ(worker_->report(grant_.attempt, Verdict::PASS), 204);
  EXPECT_TRUE(lines.next("end"));
  EXPECT_FALSE(lines.next());
}

TEST_F(Consoles, PiecesThatOverlapAreTakenOnceAndGapsAreNot) {
  EXPECT_EQ(worker_->console(grant_.attempt, 0, "abc").fields.get("Upload-Offset"), "3");
  EXPECT_EQ(worker_->console(grant_.attempt, 0, "abc").fields.get("Upload-Offset"), "3");
  EXPECT_EQ(worker_->console(grant_.attempt, 2, "cde").fields.get("Upload-Offset"), "5");
  EXPECT_EQ(worker_->console(grant_.attempt, 9, "xyz").fields.get("Upload-Offset"), "5");
  EXPECT_EQ(client().get(path_).body, "abcde");
  EXPECT_EQ(client().get(path_, fields_of({{"Range", "bytes=1-2"}})).body, "bc");
  EXPECT_EQ(client().get(path_, fields_of({{"Range", "bytes=7-"}})).status, 416);
}

TEST_F(Consoles, FollowingGivesAllBytesToTheEndOfTheAttempt) {
  RawClient following(port());
  following.send("GET " + path_ +
                 "?follow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  worker_->console(grant_.attempt, 0, "one\n");
  EXPECT_THAT(following.read_until("one\n"), HasSubstr("200 OK"));
  worker_->console(grant_.attempt, 4, "two\n");
  EXPECT_THAT(following.read_until("two\n"), HasSubstr("two"));
  worker_->report(grant_.attempt, Verdict::PASS);
  EXPECT_THAT(following.read_all(), HasSubstr("0\r\n\r\n"));
}

TEST_F(Consoles, AnAttemptWithoutOneSaysSo) {
  worker_->report(grant_.attempt, Verdict::PASS);
  EXPECT_EQ(client().get(path_).problem(), "no-console");
  EXPECT_EQ(client().get(attempt_path(99, "/console")).status, 404);
}

}  // namespace
}  // namespace luolab
