// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/submit/submit_form.h"
#include "core/base/sha256.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLargestSubmission = std::uint64_t{64} << 20;
constexpr std::size_t kMostErrors = 500;
constexpr std::size_t kLongestKey = 255;

boost::json::object error_json(const Diagnostic& error) {
  return {{"file", error.file}, {"line", error.line},       {"column", error.column},
          {"path", error.path}, {"message", error.message}, {"text", to_string(error)}};
}

[[noreturn]] void throw_errors(const std::vector<Diagnostic>& errors) {
  boost::json::array list;
  for (const Diagnostic& error : errors) {
    if (list.size() == kMostErrors) break;
    list.push_back(error_json(error));
  }
  throw ApiError(422, "bad-scenario",
                 fmt::format("{} thing{} wrong; the first: {}", errors.size(),
                             errors.size() == 1 ? " is" : "s are", to_string(errors.front())),
                 {{"errors", std::move(list)}});
}

/// A submission ready to be stored. Made on a thread that may block.
struct Prepared {
  SubmitOrder order;
  std::vector<Job> jobs;
  Submission submission;
};

Prepared prepare(ApiParts& parts, const HttpRequest& request, const std::string& submitter) {
  SubmitForm form = read_submit_form(request);
  for (const BroughtFile& file : form.files)
    form.order.files[file.name] = parts.artifacts.put_bytes(file.bytes, file.name).sha256;
  ExpandedOrder expanded = expand_order(form.order, parts.catalog, parts.rules);
  if (!expanded.errors.empty()) throw_errors(expanded.errors);
  Submission submission;
  if (!form.order.dry_run) submission = make_submission(form.order, expanded, submitter);
  return {std::move(form.order), std::move(expanded.jobs), std::move(submission)};
}

HttpResponse dry_run(const Prepared& prepared) {
  DryRunResource answer;
  for (const Job& job : prepared.jobs) {
    answer.titles.push_back(job_title(job));
    answer.jobs.push_back(to_json(job).get_object());
  }
  return answer_with(answer);
}

std::optional<IdempotencyKey> key_of(const ApiCall& call) {
  const std::string key = call.http.fields.get("Idempotency-Key");
  if (key.empty()) return {};
  if (key.size() > kLongestKey)
    throw ApiError(400, "bad-parameter", "Idempotency-Key: has more than 255 bytes");
  const std::string request = Sha256().add_field(call.http.target).add_field(call.http.body).hex();
  return IdempotencyKey{call.caller.token, key, request};
}

Task<HttpResponse> submit(ApiParts& parts, const ApiCall& call) {
  auto work = [&parts, &call] { return prepare(parts, call.http, call.caller.name); };
  Prepared prepared = co_await run_on(parts.files.get_executor(), work);
  if (prepared.order.dry_run) co_return dry_run(prepared);
  prepared.submission.idempotency = key_of(call);
  const Submitted submitted = co_await parts.lab.submit(std::move(prepared.submission));
  if (submitted.outcome == SubmitOutcome::conflict)
    throw ApiError(409, "idempotency-conflict",
                   fmt::format("this Idempotency-Key came before with another request, which made "
                               "run {}; use a new key",
                               id_text(submitted.run)));
  const bool repeated = submitted.outcome == SubmitOutcome::repeated;
  HttpResponse response =
      answer_with(SubmittedResource{id_text(submitted.run), prepared.jobs.size(), repeated},
                  repeated ? 200 : 201);
  response.fields.add("Location", "/api/v1/runs/" + id_text(submitted.run));
  co_return response;
}

}  // namespace

void add_submit_route(RouteBook& book) {
  ApiParts& parts = book.parts;
  const boost::json::object integer{{"type", "integer"}};
  const boost::json::object truth{{"type", "boolean"}};
  book.add(
      {.method = "POST",
       .path = "/api/v1/runs",
       .operation = "submitRun",
       .tag = "runs",
       .summary =
           "Submits scenarios; answered when they are on disk. Errors come all at once, each "
           "with its place",
       .role = TokenRole::submit,
       .parameters = {{"name", "file name of a YAML body, for messages"},
                      {"base", "in place of every kernel's base"},
                      {"fragment", "kernel configuration added to every kernel; may be repeated"},
                      {"set", "KEY=VALUE; may be repeated"},
                      {"repeat", "in place of the scenario's", integer},
                      {"named_series", "a series of the catalog; may be repeated"},
                      {"fork_never", "every job from power-on", truth},
                      {"title", "of the run; else the scenario's name"},
                      {"command_line", "what makes the run again"},
                      {"priority", "0 to 100; 50 unless said", integer},
                      {"confirm", "how often a FAIL is run again; once unless said", integer},
                      {"series_key", "older revisions of the same are superseded"},
                      {"revision", "of the series", integer},
                      {"dry_run", "only says what jobs it would be", truth},
                      {"Idempotency-Key",
                       "repeating the request with the same key makes no second run",
                       {{"type", "string"}, {"maxLength", 255}},
                       ParameterPlace::header}},
       .body = {{"application/yaml", {}},
                {"text/plain", {}},
                {"multipart/form-data",
                 {{"type", "object"},
                  {"properties",
                   {{"scenario", {{"type", "string"}}},
                    {"series", {{"type", "string"}}},
                    {"file", {{"type", "string"}}}}}}},
                book.input<SubmitOrder>()},
       .body_limit = kLargestSubmission,
       .answers = {{200,
                    "the jobs (dry run), or the run that the same key made before",
                    {{"application/json",
                      {{"anyOf", boost::json::array{book.schemas.of<DryRunResource>(),
                                                    book.schemas.of<SubmittedResource>()}}}}}},
                   {201, "the run, which is on disk", {book.json<SubmittedResource>()}}},
       .handle = [&parts](ApiCall& call) { return submit(parts, call); }});
}

}  // namespace luolab
