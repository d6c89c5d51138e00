// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/simulated_worker.h"

#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;

/// Longest wait for a job that is to come.
constexpr std::chrono::seconds kLongPoll{15};

template <class T>
T taken(const ApiAnswer& answer) {
  if (answer.status != 200)
    throw std::runtime_error(fmt::format("answered {}: {}", answer.status, answer.body));
  return from_json<T>(answer.body).value();
}

}  // namespace

SimulatedWorker::SimulatedWorker(ExchangeLog& log, std::uint16_t port, std::string name,
                                 std::string token)
    : client_(log, port, std::move(token)) {
  hello.name = std::move(name);
  hello.instance = hello.name + "-1";
  hello.version = "test";
  hello.slots = 2;
  hello.memory_bytes = std::uint64_t{64} << 30;
  hello.cpus = 16;
}

WorkerWelcome SimulatedWorker::connect(std::vector<std::int64_t> attempts) {
  hello.attempts = std::move(attempts);
  return taken<WorkerWelcome>(client_.send("PUT", path(), to_json(hello).as_object()));
}

ApiAnswer SimulatedWorker::ask(std::chrono::nanoseconds wait, std::vector<std::int64_t> held) {
  const LeaseRequest request{hello.instance, wait, std::move(held)};
  return client_.send("POST", path("/lease"), to_json(request).as_object());
}

LeaseGrant SimulatedWorker::lease(std::vector<std::int64_t> held) {
  return taken<LeaseGrant>(ask(kLongPoll, std::move(held)));
}

bool SimulatedWorker::finds_nothing() { return ask(50ms).status == 204; }

HeartbeatAnswer SimulatedWorker::heartbeat(std::vector<std::int64_t> attempts) {
  Heartbeat beat{hello.instance, {}};
  for (const std::int64_t attempt : attempts) beat.attempts.push_back({attempt, "boots"});
  return taken<HeartbeatAnswer>(
      client_.send("POST", path("/heartbeat"), to_json(beat).as_object()));
}

ApiAnswer SimulatedWorker::report(std::int64_t attempt, const AttemptReport& report) {
  return client_.send("PUT", attempt_path(attempt, "/report"), to_json(report).as_object());
}

int SimulatedWorker::report(std::int64_t attempt, Verdict verdict, const std::string& reason) {
  return report(attempt, plain_report(verdict, reason)).status;
}

LeaseGrant SimulatedWorker::work(Verdict verdict, const std::string& reason) {
  LeaseGrant grant = lease();
  const int status = report(grant.attempt, verdict, reason);
  if (status != 204) throw std::runtime_error(fmt::format("the report was answered {}", status));
  return grant;
}

ApiAnswer SimulatedWorker::console(std::int64_t attempt, std::uint64_t offset,
                                   const std::string& bytes) {
  return client_.send("PATCH", attempt_path(attempt, "/console"), bytes,
                      fields_of({{"Upload-Offset", std::to_string(offset)},
                                 {"Content-Type", "application/octet-stream"}}));
}

ApiAnswer SimulatedWorker::upload(std::int64_t attempt, const std::string& bytes) {
  return client_.send("PATCH", "/api/v1/artifacts/" + sha256_of(bytes), bytes,
                      fields_of({{"Upload-Offset", "0"},
                                 {"Upload-Length", std::to_string(bytes.size())},
                                 {"Luolab-Attempt", fmt::format("a{}", attempt)},
                                 {"Content-Type", "application/octet-stream"}}));
}

void SimulatedWorker::build(const LeaseGrant& grant) {
  for (const BuildOffer& offer : grant.builds) {
    if (offer.key.empty() || !offer.artifact.empty()) continue;
    const std::string archive = "the build of " + offer.key;
    upload(grant.attempt, archive);
    const ApiAnswer answer = client_.send(
        "PUT", "/api/v1/builds/" + offer.key,
        boost::json::object{{"attempt", grant.attempt}, {"artifact", sha256_of(archive)}});
    if (answer.status != 204) throw std::runtime_error("the build was refused: " + answer.body);
  }
}

AttemptReport plain_report(Verdict verdict, const std::string& reason) {
  AttemptReport report = sample_report(verdict);
  report.reason = reason;
  report.start = StartPoint::power_on;
  report.artifacts.clear();
  return report;
}

std::string attempt_path(std::int64_t attempt, const std::string& rest) {
  return fmt::format("/api/v1/attempts/a{}{}", attempt, rest);
}

}  // namespace luolab
