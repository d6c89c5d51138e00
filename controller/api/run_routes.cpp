// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/results/results.h"

namespace luolab {
namespace {

/// Whole results are made in memory, so not of runs larger than this.
constexpr std::size_t kMostJobsOfResults = 5000;

struct RunPatch {
  std::optional<bool> pinned;
};
BOOST_DESCRIBE_STRUCT(RunPatch, (), (pinned))

struct CancelOrder {
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(CancelOrder, (), (reason))

struct RetryOrder {
  std::vector<Verdict> verdicts;
};
BOOST_DESCRIBE_STRUCT(RetryOrder, (), (verdicts))

Task<RunHead> head_of(ApiParts& parts, RunId id) {
  auto question = [id](Store& store) { return store.run_head(id); };
  auto head = co_await parts.reader.read(question);
  if (!head) throw_not_found("run", id_text(id));
  co_return std::move(*head);
}

Task<HttpResponse> list_runs(ApiParts& parts, const ApiCall& call) {
  RunFilter filter{.state = query_enum<RunState>(call, "state"),
                   .verdict = query_enum<Verdict>(call, "verdict"),
                   .submitter = call.query("submitter"),
                   .series_key = call.query("series_key"),
                   .text = call.query("text"),
                   .limit = call.limit() + 1};
  if (const auto cursor = cursor_of(call)) filter.before = RunId{*cursor};
  auto question = [filter](Store& store) { return store.runs(filter); };
  auto runs = co_await parts.reader.read(question);
  co_return page_answer(std::move(runs), call.limit(),
                        [](const RunSummary& run) { return std::to_string(run.id.value); });
}

Task<HttpResponse> show_run(ApiParts& parts, RunId id) {
  const RunHead head = co_await head_of(parts, id);
  auto question = [id](Store& store) { return store.rollouts(id); };
  const auto rollouts = co_await parts.reader.read(question);
  RunDetail detail{resource_of(head.summary), head.source_text, head.command_line, {}};
  for (const RolloutRecord& rollout : rollouts) detail.rollouts.push_back(resource_of(rollout));
  co_return answer_with(detail);
}

Task<HttpResponse> change_run(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  const auto patch = body_as<RunPatch>(call);
  if (!patch.pinned) throw_bad_body("it says nothing to change (known: pinned)");
  auto change = [id, pinned = *patch.pinned](Store& store) { return store.pin_run(id, pinned); };
  if (!co_await parts.writer.write(change)) throw_not_found("run", id_text(id));
  co_return co_await show_run(parts, id);
}

Task<HttpResponse> cancel(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  std::string reason = call.http.body.empty() ? "" : body_as<CancelOrder>(call).reason;
  if (reason.empty()) reason = "canceled by " + call.caller.name;
  co_await head_of(parts, id);
  const Cancellation canceled = co_await parts.lab.cancel_run(id, reason);
  co_return answer_with(CancelResource{canceled.jobs.size(), canceled.attempts.size()});
}

Task<HttpResponse> retry(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  const RetryOrder order = call.http.body.empty() ? RetryOrder{} : body_as<RetryOrder>(call);
  const RunHead head = co_await head_of(parts, id);
  if (!head.summary.service)
    throw ApiError(
        409, "not-of-the-service",
        fmt::format("run {} was made by `luolab run`; submit its scenarios again", id_text(id)));
  const std::set<Verdict> verdicts{order.verdicts.begin(), order.verdicts.end()};
  co_return answer_with(RetryResource{co_await parts.lab.retry_run(id, verdicts)});
}

std::string results_in(const RunRecord& run, const std::string& format, std::string& type) {
  type = format == "junit" ? "application/xml" : "text/plain; charset=utf-8";
  if (format == "ktap") return results_ktap(run);
  if (format == "junit") return results_junit(run);
  if (format == "csv") return results_csv(run);
  type = "application/json";
  return results_json(run);
}

enum class ResultFormat { json, ktap, junit, csv };
BOOST_DESCRIBE_ENUM(ResultFormat, json, ktap, junit, csv)

Task<HttpResponse> results(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  const RunHead head = co_await head_of(parts, id);
  if (head.summary.jobs > kMostJobsOfResults)
    throw ApiError(422, "too-large",
                   fmt::format("run {} has {} jobs; results of more than {} are read by pages of "
                               "/api/v1/runs/{}/jobs",
                               id_text(id), head.summary.jobs, kMostJobsOfResults, id_text(id)));
  query_enum<ResultFormat>(call, "format");  // 400 where it is none of them
  auto question = [id](Store& store) { return store.run(id); };
  const auto run = co_await parts.reader.read(question);
  std::string type;
  HttpResponse response;
  response.body = results_in(*run, call.query("format"), type);
  response.fields.add("Content-Type", type);
  co_return response;
}

Task<HttpResponse> jobs_of_run(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  co_await head_of(parts, id);
  JobFilter filter{.run = id,
                   .state = query_enum<JobState>(call, "state"),
                   .verdict = query_enum<Verdict>(call, "verdict"),
                   .limit = call.limit() + 1};
  if (const auto cursor = cursor_of(call)) filter.before = JobId{*cursor};
  auto question = [filter](Store& store) { return store.jobs(filter); };
  auto jobs = co_await parts.reader.read(question);
  co_return page_answer(std::move(jobs), call.limit(),
                        [](const JobSummary& job) { return std::to_string(job.id.value); });
}

/// All in one page: the store bounds their number.
template <class Row>
HttpResponse whole_list(const std::vector<Row>& rows) {
  boost::json::array items;
  for (const Row& row : rows) items.push_back(to_json(resource_of(row)));
  return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Task<HttpResponse> points_of_run(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  co_await head_of(parts, id);
  auto question = [id](Store& store) { return store.run_points(id); };
  const auto points = co_await parts.reader.read(question);
  co_return whole_list(points);
}

Task<HttpResponse> phases_of_run(ApiParts& parts, const ApiCall& call) {
  const RunId id = run_in_path(call);
  co_await head_of(parts, id);
  auto question = [id](Store& store) { return store.run_phases(id); };
  const auto phases = co_await parts.reader.read(question);
  co_return whole_list(phases);
}

}  // namespace

void add_run_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/runs",
            .operation = "listRuns",
            .tag = "runs",
            .summary = "Runs, newest first",
            .parameters = list_parameters(
                {enum_parameter<RunState>("state", "runs in this state"),
                 enum_parameter<Verdict>("verdict", "runs with a job of this verdict"),
                 {"submitter", "runs of this submitter"},
                 {"series_key", "revisions of one series"},
                 {"text", "words of title and submitter, or their beginnings"}}),
            .answers = {{200, "a page of runs", {book.page<RunResource>()}}},
            .handle = [&parts](ApiCall& call) { return list_runs(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/runs/{run}",
            .operation = "getRun",
            .tag = "runs",
            .summary = "A run, with the scenarios it was made of",
            .answers = {{200, "the run", {book.json<RunDetail>()}}},
            .handle = [&parts](ApiCall& call) { return show_run(parts, run_in_path(call)); }});
  book.add({.method = "PATCH",
            .path = "/api/v1/runs/{run}",
            .operation = "changeRun",
            .tag = "runs",
            .summary = "Pins a run, so that its files are kept, or lets it go",
            .role = TokenRole::submit,
            .body = {book.input<RunPatch>()},
            .answers = {{200, "the run as it is now", {book.json<RunDetail>()}}},
            .handle = [&parts](ApiCall& call) { return change_run(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/runs/{run}/cancel",
            .operation = "cancelRun",
            .tag = "runs",
            .summary = "Ends what waits and what runs",
            .role = TokenRole::submit,
            .body = {book.input<CancelOrder>()},
            .body_optional = true,
            .answers = {{200, "how much was ended", {book.json<CancelResource>()}}},
            .handle = [&parts](ApiCall& call) { return cancel(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/runs/{run}/retry",
            .operation = "retryRun",
            .tag = "runs",
            .summary =
                "Queues jobs again that ended with one of the verdicts (none named: all that "
                "did not pass)",
            .role = TokenRole::submit,
            .body = {book.input<RetryOrder>()},
            .body_optional = true,
            .answers = {{200, "how many", {book.json<RetryResource>()}}},
            .handle = [&parts](ApiCall& call) { return retry(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/runs/{run}/jobs",
            .operation = "listJobsOfRun",
            .tag = "runs",
            .summary = "The run's jobs, newest first",
            .parameters =
                list_parameters({enum_parameter<JobState>("state", "jobs in this state"),
                                 enum_parameter<Verdict>("verdict", "jobs with this verdict")}),
            .answers = {{200, "a page of jobs", {book.page<JobResource>()}}},
            .handle = [&parts](ApiCall& call) { return jobs_of_run(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/runs/{run}/points",
            .operation = "listPointsOfRun",
            .tag = "runs",
            .summary = "Verdicts by point of the run's matrix, at most 2000 points",
            .answers = {{200, "all of them", {book.page<RunPointResource>()}}},
            .handle = [&parts](ApiCall& call) { return points_of_run(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/runs/{run}/phases",
            .operation = "listPhasesOfRun",
            .tag = "runs",
            .summary = "Each phase over the run's last 2000 jobs: least, median, 95th of 100, most",
            .answers = {{200, "all of them", {book.page<RunPhaseResource>()}}},
            .handle = [&parts](ApiCall& call) { return phases_of_run(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/runs/{run}/results",
            .operation = "getResults",
            .tag = "runs",
            .summary = "The run's results for other tools",
            .parameters = {enum_parameter<ResultFormat>("format", "json unless said")},
            .answers = {{200,
                         "the results",
                         {{"application/json", {{"type", "object"}}},
                          {"application/xml", {}},
                          {"text/plain", {}}}}},
            .handle = [&parts](ApiCall& call) { return results(parts, call); }});
}

}  // namespace luolab
