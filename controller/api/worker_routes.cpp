// SPDX-License-Identifier: Apache-2.0
// What workers say: hello, give me work, I live.
#include <algorithm>

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestName = 63;
constexpr std::size_t kMostWords = 256;

[[noreturn]] void refuse(WorkerRefusal refusal, const std::string& worker) {
  if (refusal == WorkerRefusal::name_taken)
    throw ApiError(403, "name-taken",
                   fmt::format("the name {} belongs to another token's worker; choose another with "
                               "--name, or remove that one: luolab fleet remove {}",
                               worker, worker));
  throw ApiError(409, "unknown-instance", fmt::format("worker {} must say hello first", worker));
}

bool is_worker_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
         });
}

void check_hello(const WorkerHello& hello, const std::string& name) {
  if (!is_worker_name(name))
    throw ApiError(
        400, "bad-name",
        fmt::format("\"{}\" is no name of a worker (1 to 63 of a-z A-Z 0-9 . _ -)", name));
  if (hello.name != name) throw_bad_body("name is another than the path's");
  if (hello.instance.empty() || hello.instance.size() > 64)
    throw_bad_body("instance must have 1 to 64 characters");
  if (hello.slots < 1 || hello.slots > 1024) throw_bad_body("slots must be within 1 to 1024");
  if (hello.tags.size() > kMostWords || hello.targets.size() > kMostWords)
    throw_bad_body("too many tags or targets");
}

Task<HttpResponse> hello(ApiParts& parts, const ApiCall& call) {
  auto hello = body_as<WorkerHello>(call);
  const std::string name = call.path.at("worker");
  check_hello(hello, name);
  const auto welcome = co_await parts.lab.hello(call.caller.token, std::move(hello));
  if (!welcome) refuse(welcome.error(), name);
  co_return answer_with(*welcome);
}

/// The job is put in as it lies in the store: it is neither read nor written anew.
HttpResponse grant_answer(const Grant& grant) {
  boost::json::array builds;
  for (const BuildOffer& build : grant.builds) builds.push_back(to_json(build));
  HttpResponse response;
  response.fields.add("Content-Type", "application/json");
  response.body = fmt::format(
      R"({{"attempt":{},"number":{},"run":{},"job_id":{},"from_power_on":{},"builds":{},"job":{}}})",
      grant.attempt, grant.number, grant.run, grant.job, grant.from_power_on,
      boost::json::serialize(builds), grant.job_json);
  return response;
}

Task<HttpResponse> lease(ApiParts& parts, ApiCall& call) {
  auto request = body_as<LeaseRequest>(call);
  const std::string name = call.path.at("worker");
  call.http.parked = true;
  const auto grant = co_await parts.lab.lease(call.caller.token, name, std::move(request));
  if (!grant) refuse(grant.error(), name);
  if (!*grant) co_return nothing();
  co_return grant_answer(**grant);
}

HttpResponse heartbeat(ApiParts& parts, const ApiCall& call) {
  const auto heartbeat = body_as<Heartbeat>(call);
  const std::string& name = call.path.at("worker");
  const auto answer = parts.lab.heartbeat(call.caller.token, name, heartbeat);
  if (!answer) refuse(answer.error(), name);
  return answer_with(*answer);
}

}  // namespace

void add_worker_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "PUT",
            .path = "/api/v1/workers/{worker}",
            .operation = "hello",
            .tag = "workers",
            .summary = "A worker says what it is and what it still has",
            .role = TokenRole::worker,
            .body = {book.input<WorkerHello>()},
            .answers = {{200, "what is expected of it", {book.json<WorkerWelcome>()}}},
            .handle = [&parts](ApiCall& call) { return hello(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/workers/{worker}/lease",
            .operation = "lease",
            .tag = "workers",
            .summary = "Waits for work",
            .role = TokenRole::worker,
            .body = {book.input<LeaseRequest>()},
            .answers = {{200, "an attempt to make", {book.json<LeaseGrant>()}},
                        {204, "there was none", {}}},
            .handle = [&parts](ApiCall& call) { return lease(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/workers/{worker}/heartbeat",
            .operation = "heartbeat",
            .tag = "workers",
            .summary = "Renews the leases of all attempts it names, and learns which to end",
            .role = TokenRole::worker,
            .body = {book.input<Heartbeat>()},
            .answers = {{200, "what to do", {book.json<HeartbeatAnswer>()}}},
            .handle = [&parts](ApiCall& call) -> Task<HttpResponse> {
              co_return heartbeat(parts, call);
            }});
}

}  // namespace luolab
