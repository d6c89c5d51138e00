// SPDX-License-Identifier: Apache-2.0
#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/api/worker_answers.h"
#include "controller/results/report_json.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLargestReport = std::uint64_t{64} << 20;

Task<HttpResponse> list_attempts(ApiParts& parts, const ApiCall& call) {
  AttemptFilter filter{.state = query_enum<AttemptState>(call, "state"),
                       .worker = call.query("worker"),
                       .limit = call.limit() + 1};
  if (const auto cursor = cursor_of(call)) filter.before = AttemptId{*cursor};
  auto question = [filter](Store& store) { return store.attempts(filter); };
  auto attempts = co_await parts.reader.read(question);
  co_return page_answer(std::move(attempts), call.limit(), [](const AttemptSummary& attempt) {
    return std::to_string(attempt.id.value);
  });
}

Task<AttemptRecord> record_of(ApiParts& parts, AttemptId id) {
  auto question = [id](Store& store) { return store.attempt(id); };
  auto record = co_await parts.reader.read(question);
  if (!record) throw_not_found("attempt", attempt_text(id));
  co_return std::move(*record);
}

Task<HttpResponse> show_attempt(ApiParts& parts, AttemptId id) {
  const AttemptRecord record = co_await record_of(parts, id);
  AttemptDetail detail{.attempt = resource_of(record.summary)};
  if (record.report) detail.report = report_json(*record.report);
  co_return answer_with(detail);
}

Task<HttpResponse> hops(ApiParts& parts, AttemptId id) {
  const AttemptRecord record = co_await record_of(parts, id);
  boost::json::array items;
  if (record.report) {
    for (const HopReport& hop : record.report->hops) items.push_back(to_json(resource_of(id, hop)));
  }
  co_return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Task<HttpResponse> take_report(ApiParts& parts, const ApiCall& call) {
  auto report = body_as<AttemptReport>(call);
  const AttemptId id = attempt_in_path(call);
  const Delivery delivery = co_await parts.lab.report(call.caller.token, id, std::move(report));
  if (delivery == Delivery::refused) throw stale_attempt(id);
  co_return nothing();
}

}  // namespace

void add_attempt_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/attempts",
            .operation = "listAttempts",
            .tag = "attempts",
            .summary = "Attempts of all jobs, newest first",
            .parameters =
                list_parameters({enum_parameter<AttemptState>("state", "attempts in this state"),
                                 {"worker", "attempts of this worker"}}),
            .answers = {{200, "a page of attempts", {book.page<AttemptResource>()}}},
            .handle = [&parts](ApiCall& call) { return list_attempts(parts, call); }});
  book.add(
      {.method = "GET",
       .path = "/api/v1/attempts/{attempt}",
       .operation = "getAttempt",
       .tag = "attempts",
       .summary = "An attempt with its report",
       .answers = {{200, "the attempt", {book.json<AttemptDetail>()}}},
       .handle = [&parts](ApiCall& call) { return show_attempt(parts, attempt_in_path(call)); }});
  book.add({.method = "GET",
            .path = "/api/v1/attempts/{attempt}/hops",
            .operation = "listHops",
            .tag = "attempts",
            .summary = "The attempt's live updates, in order",
            .answers = {{200, "all hops", {book.page<HopResource>()}}},
            .handle = [&parts](ApiCall& call) { return hops(parts, attempt_in_path(call)); }});
  book.add({.method = "PUT",
            .path = "/api/v1/attempts/{attempt}/report",
            .operation = "putReport",
            .tag = "workers",
            .summary = "A worker's last word on an attempt; repeating it changes nothing",
            .role = TokenRole::worker,
            .body = {book.input<AttemptReport>()},
            .body_limit = kLargestReport,
            .answers = {{204, "it is on disk, or was already", {}}},
            .handle = [&parts](ApiCall& call) { return take_report(parts, call); }});
}

}  // namespace luolab
