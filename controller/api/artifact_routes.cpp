// SPDX-License-Identifier: Apache-2.0
// Files by their digest: evidence of attempts, and builds that the fleet shares.
#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/api/file_content.h"
#include "controller/api/worker_answers.h"
#include "core/http/problem.h"
#include "db/partial_artifact.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLargestPiece = std::uint64_t{8} << 20;
constexpr std::uint64_t kLargestFile = std::uint64_t{8} << 30;

std::string digest_in_path(const ApiCall& call) {
  const std::string& digest = call.path.at("sha256");
  if (!is_digest(digest)) throw_not_found("artifact", digest);
  return digest;
}

PartialArtifacts partials(const ApiParts& parts) {
  return PartialArtifacts(parts.artifacts.folder());
}

HttpResponse missing(const ApiParts& parts, const std::string& digest) {
  HttpResponse response =
      problem(404, "not-found", "There is no such thing", "there is no artifact " + digest);
  response.fields.add("Upload-Offset", std::to_string(partials(parts).size(digest)));
  return response;
}

HttpResponse show_artifact(const ApiParts& parts, const ApiCall& call) {
  const std::string digest = digest_in_path(call);
  const auto size = parts.artifacts.whole(digest);
  if (!size) return missing(parts, digest);
  HttpResponse response =
      file_content(call.http, parts.artifacts.path(digest), *size, "application/octet-stream");
  response.fields.add("ETag", "\"" + digest + "\"");
  response.fields.add("Cache-Control", "private, max-age=31536000, immutable");
  return response;
}

Task<HttpResponse> uses(ApiParts& parts, const ApiCall& call) {
  const std::string digest = digest_in_path(call);
  const std::size_t limit = call.limit();
  auto question = [digest, limit](Store& store) { return store.artifact_uses(digest, limit); };
  auto found = co_await parts.reader.read(question);
  co_return page_answer(std::move(found), limit,
                        [](const ArtifactUse& use) { return attempt_text(use.attempt); });
}

std::uint64_t number_field(const ApiCall& call, const std::string& name, std::uint64_t most) {
  const std::string text = call.http.fields.get(name);
  const bool digits = !text.empty() && text.size() <= 18 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || std::stoull(text) > most)
    throw ApiError(400, "bad-parameter",
                   fmt::format("{}: is missing or not a number up to {}", name, most));
  return std::stoull(text);
}

AttemptId attempt_field(const ApiCall& call) {
  const auto attempt = parse_attempt_id(call.http.fields.get("Luolab-Attempt"));
  if (!attempt) throw ApiError(400, "bad-parameter", "Luolab-Attempt: is missing or no attempt");
  return *attempt;
}

HttpResponse with_offset(HttpResponse response, std::uint64_t offset) {
  response.fields.add("Upload-Offset", std::to_string(offset));
  return response;
}

HttpResponse answer_of(const Appended& appended, const std::string& digest) {
  HttpResponse created = nothing();
  switch (appended.outcome) {
    case AppendOutcome::more:
      return with_offset(nothing(), appended.size_bytes);
    case AppendOutcome::whole:
      created.status = 201;
      return with_offset(std::move(created), appended.size_bytes);
    case AppendOutcome::other_offset:
      return with_offset(problem(409, "other-offset", "The bytes belong elsewhere",
                                 fmt::format("go on at byte {}", appended.size_bytes)),
                         appended.size_bytes);
    case AppendOutcome::wrong_digest:
      return problem(422, "wrong-digest", "The content is not what its digest says",
                     digest + ": all of it was dropped; send it again");
    case AppendOutcome::wrong_length:
      return problem(409, "other-length", "The length is not what was said before",
                     "Upload-Length must stay the same, and the bytes within it");
  }
  return {};
}

Task<HttpResponse> take_piece(ApiParts& parts, ApiCall& call) {
  const std::string digest = digest_in_path(call);
  const std::uint64_t offset = number_field(call, "Upload-Offset", kLargestFile);
  const std::uint64_t length = number_field(call, "Upload-Length", kLargestFile);
  const AttemptId attempt = attempt_field(call);
  if (!parts.lab.holds(call.caller.token, attempt)) throw stale_attempt(attempt);
  if (const auto size = parts.artifacts.whole(digest)) {
    HttpResponse there = nothing();
    there.status = 201;
    co_return with_offset(std::move(there), *size);
  }
  auto append = [folder = parts.artifacts.folder(), digest, offset, length,
                 bytes = std::move(call.http.body)] {
    return PartialArtifacts(folder).append(digest, offset, length, bytes);
  };
  const Appended appended = co_await run_on(parts.files.get_executor(), append);
  co_return answer_of(appended, digest);
}

}  // namespace

void add_artifact_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add(
      {.method = "GET",
       .path = "/api/v1/artifacts/{sha256}",
       .operation = "getArtifact",
       .tag = "artifacts",
       .summary = "A file by its SHA-256. Where it is not there (whole), Upload-Offset of the "
                  "404 says how much is",
       .parameters =
           {{"Range", "a stretch of it (RFC 9110)", {{"type", "string"}}, ParameterPlace::header}},
       .answers = {{200, "the file", {{"application/octet-stream", {}}}},
                   {206, "a stretch of it", {{"application/octet-stream", {}}}}},
       .handle = [&parts](ApiCall& call) -> Task<HttpResponse> {
         co_return show_artifact(parts, call);
       }});
  book.add({.method = "PATCH",
            .path = "/api/v1/artifacts/{sha256}",
            .operation = "appendArtifact",
            .tag = "workers",
            .summary = "The next bytes of a file that a worker hands in for an attempt",
            .role = TokenRole::worker,
            .parameters = {{"Upload-Offset",
                            "where the bytes belong",
                            {{"type", "integer"}},
                            ParameterPlace::header,
                            true},
                           {"Upload-Length",
                            "of the whole file",
                            {{"type", "integer"}},
                            ParameterPlace::header,
                            true},
                           {"Luolab-Attempt",
                            "the attempt that it belongs to",
                            {{"type", "string"}},
                            ParameterPlace::header,
                            true}},
            .body = {{"application/octet-stream", {}}},
            .body_limit = kLargestPiece,
            .answers = {{201, "it is whole, and its digest is right", {}},
                        {204, "taken; Upload-Offset says where to go on", {}}},
            .handle = [&parts](ApiCall& call) { return take_piece(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/artifacts/{sha256}/uses",
            .operation = "listArtifactUses",
            .tag = "artifacts",
            .summary = "Attempts that have this file",
            .parameters = list_parameters(),
            .answers = {{200, "a page", {book.page<ArtifactUseResource>()}}},
            .handle = [&parts](ApiCall& call) { return uses(parts, call); }});
}

}  // namespace luolab
