// SPDX-License-Identifier: Apache-2.0
#include <boost/json/parse.hpp>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/results/job_script.h"
#include "controller/results/report_json.h"

namespace luolab {
namespace {

constexpr std::size_t kMostTries = 50;

Task<HttpResponse> list_jobs(ApiParts& parts, const ApiCall& call) {
  JobFilter filter{.state = query_enum<JobState>(call, "state"),
                   .verdict = query_enum<Verdict>(call, "verdict"),
                   .scenario = call.query("scenario"),
                   .worker = call.query("worker"),
                   .kernel = call.query("kernel"),
                   .limit = call.limit() + 1};
  if (const auto cursor = cursor_of(call)) filter.before = JobId{*cursor};
  auto question = [filter](Store& store) { return store.jobs(filter); };
  auto jobs = co_await parts.reader.read(question);
  co_return page_answer(std::move(jobs), call.limit(),
                        [](const JobSummary& job) { return std::to_string(job.id.value); });
}

/// In a reader's thread.
std::optional<JobDetail> detail_of(Store& store, JobId id) {
  const auto summary = store.job_summary(id);
  if (!summary) return {};
  const auto record = store.job(id);
  JobDetail detail{.job = resource_of(*summary)};
  detail.specification = to_json(record->job).get_object();
  if (record->report) detail.report = report_json(*record->report);
  for (const AttemptSummary& attempt : store.attempts({.job = id, .limit = kMostTries}))
    detail.tries.push_back(resource_of(attempt));
  return detail;
}

Task<HttpResponse> show_job(ApiParts& parts, JobId id) {
  auto question = [id](Store& store) { return detail_of(store, id); };
  const auto detail = co_await parts.reader.read(question);
  if (!detail) throw_not_found("job", id_text(id));
  co_return answer_with(*detail);
}

Task<JobSummary> summary_of(ApiParts& parts, JobId id) {
  auto question = [id](Store& store) { return store.job_summary(id); };
  auto summary = co_await parts.reader.read(question);
  if (!summary) throw_not_found("job", id_text(id));
  co_return std::move(*summary);
}

/// Programs that were brought along go into the script; those on a worker's disk can't.
Task<HttpResponse> reproduce(ApiParts& parts, JobId id) {
  auto question = [id](Store& store) {
    auto record = store.job(id);
    return record ? std::optional(std::move(record->job)) : std::nullopt;
  };
  const auto job = co_await parts.reader.read(question);
  if (!job) throw_not_found("job", id_text(id));
  auto work = [&parts, &job, id] {
    const auto find = [&parts](const std::string& file) -> std::optional<std::string> {
      const auto digest = artifact_named(file);
      const auto size = digest ? parts.artifacts.whole(*digest) : std::nullopt;
      if (!size || *size > kLargestProgramBytes) return {};
      auto bytes = parts.artifacts.read(*digest);
      return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
    };
    return job_script(*job, id_text(id), find);
  };
  HttpResponse response;
  response.body = co_await run_on(parts.files.get_executor(), work);
  response.fields.add("Content-Type", "text/x-shellscript; charset=utf-8");
  response.fields.add("Content-Disposition",
                      "attachment; filename=\"reproduce-" + id_text(id) + ".sh\"");
  co_return response;
}

std::string words_for(const JobSummary& job) {
  switch (job.state) {
    case JobState::running:
      return "it runs on " + job.worker;
    case JobState::done:
      return "it has ended: " + std::string(verdict_name(*job.verdict));
    case JobState::canceled:
      return "it was canceled: " + job.reason;
    case JobState::queued:
      return "it waits in another process' queue";
  }
  return {};
}

Task<HttpResponse> why(ApiParts& parts, JobId id) {
  const JobSummary job = co_await summary_of(parts, id);
  const WhyWaiting waiting = parts.lab.why(id);
  WhyResource answer{id_text(id), job.state, waiting.code, waiting.text};
  if (waiting.code == "not-waiting") answer.text = words_for(job);
  co_return answer_with(answer);
}

Task<HttpResponse> tries(ApiParts& parts, const ApiCall& call) {
  const JobId id = job_in_path(call);
  co_await summary_of(parts, id);
  AttemptFilter filter{.job = id, .limit = call.limit() + 1};
  if (const auto cursor = cursor_of(call)) filter.before = AttemptId{*cursor};
  auto question = [filter](Store& store) { return store.attempts(filter); };
  auto attempts = co_await parts.reader.read(question);
  co_return page_answer(std::move(attempts), call.limit(), [](const AttemptSummary& attempt) {
    return std::to_string(attempt.id.value);
  });
}

Task<HttpResponse> cancel(ApiParts& parts, const ApiCall& call) {
  const JobId id = job_in_path(call);
  co_await summary_of(parts, id);
  const Cancellation canceled =
      co_await parts.lab.cancel_job(id, "canceled by " + call.caller.name);
  co_return answer_with(CancelResource{canceled.jobs.size(), canceled.attempts.size()});
}

Task<HttpResponse> retry(ApiParts& parts, const ApiCall& call) {
  const JobId id = job_in_path(call);
  const JobSummary job = co_await summary_of(parts, id);
  if (!co_await parts.lab.retry_job(id))
    throw ApiError(409, "not-ended",
                   id_text(id) + " can't be tried again: it " +
                       (job.state == JobState::queued || job.state == JobState::running
                            ? "has not ended yet"
                            : "belongs to a run of `luolab run`"));
  co_return answer_with(RetryResource{1});
}

}  // namespace

void add_job_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/jobs",
            .operation = "listJobs",
            .tag = "jobs",
            .summary = "Jobs of all runs, newest first",
            .parameters =
                list_parameters({enum_parameter<JobState>("state", "jobs in this state"),
                                 enum_parameter<Verdict>("verdict", "jobs with this verdict"),
                                 {"scenario", "jobs of this scenario"},
                                 {"worker", "jobs whose last attempt was there"},
                                 {"kernel",
                                  "jobs that were run with this kernel: the key (digest) of its "
                                  "build, or its title"}}),
            .answers = {{200, "a page of jobs", {book.page<JobResource>()}}},
            .handle = [&parts](ApiCall& call) { return list_jobs(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/jobs/{job}",
            .operation = "getJob",
            .tag = "jobs",
            .summary = "A job whole: what it is, its attempts, its last report",
            .answers = {{200, "the job", {book.json<JobDetail>()}}},
            .handle = [&parts](ApiCall& call) { return show_job(parts, job_in_path(call)); }});
  book.add({.method = "GET",
            .path = "/api/v1/jobs/{job}/reproduce",
            .operation = "reproduceJob",
            .tag = "jobs",
            .summary = "A shell script that runs this very job again and needs luolab alone",
            .answers = {{200, "the script", {{"text/x-shellscript", {}}}}},
            .handle = [&parts](ApiCall& call) { return reproduce(parts, job_in_path(call)); }});
  book.add({.method = "GET",
            .path = "/api/v1/jobs/{job}/why",
            .operation = "whyWaiting",
            .tag = "jobs",
            .summary = "Why the job waits, in words",
            .answers = {{200, "why", {book.json<WhyResource>()}}},
            .handle = [&parts](ApiCall& call) { return why(parts, job_in_path(call)); }});
  book.add({.method = "GET",
            .path = "/api/v1/jobs/{job}/attempts",
            .operation = "listAttemptsOfJob",
            .tag = "jobs",
            .summary = "The job's attempts, newest first",
            .parameters = list_parameters(),
            .answers = {{200, "a page of attempts", {book.page<AttemptResource>()}}},
            .handle = [&parts](ApiCall& call) { return tries(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/jobs/{job}/cancel",
            .operation = "cancelJob",
            .tag = "jobs",
            .summary = "Ends the job, also where it runs",
            .role = TokenRole::submit,
            .answers = {{200, "what was ended", {book.json<CancelResource>()}}},
            .handle = [&parts](ApiCall& call) { return cancel(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/jobs/{job}/retry",
            .operation = "retryJob",
            .tag = "jobs",
            .summary = "Queues an ended job again",
            .role = TokenRole::submit,
            .answers = {{200, "it waits again", {book.json<RetryResource>()}}},
            .handle = [&parts](ApiCall& call) { return retry(parts, call); }});
}

}  // namespace luolab
