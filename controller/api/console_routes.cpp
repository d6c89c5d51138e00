// SPDX-License-Identifier: Apache-2.0
// Consoles: of attempts that run, as far as their workers have sent them, and of those that ended.
#include <algorithm>

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/api/console_feed.h"
#include "controller/api/file_content.h"
#include "controller/api/worker_answers.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLargestPiece = std::uint64_t{8} << 20;
constexpr std::chrono::seconds kHeartbeat{15};
constexpr const char* kPlain = "text/plain; charset=utf-8";

Task<AttemptId> last_attempt(ApiParts& parts, JobId id) {
  auto question = [id](Store& store) { return store.attempts({.job = id, .limit = 1}); };
  const auto attempts = co_await parts.reader.read(question);
  if (attempts.empty())
    throw ApiError(404, "no-console", fmt::format("job {} has not run yet", id_text(id)));
  co_return attempts.front().id;
}

/// Lines as events whose id is the offset after the line, so that a client goes on where it was.
class LineEvents {
 public:
  LineEvents(std::uint64_t offset, std::string match) : offset_(offset), match_(std::move(match)) {}

  std::string take(std::string_view bytes) {
    std::string events;
    pending_ += bytes;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = pending_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      offset_ += end + 1 - begin;
      add(std::string_view(pending_).substr(begin, end - begin), events);
    }
    pending_.erase(0, begin);
    return events;
  }

 private:
  void add(std::string_view line, std::string& events) const {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find(match_) == std::string_view::npos) return;
    std::string clean(line);
    std::ranges::replace(clean, '\r', ' ');  // a lone CR would end the event's line
    events += fmt::format("id: {}\nevent: line\ndata: {}\n\n", offset_, clean);
  }

  std::uint64_t offset_;
  std::string match_;
  std::string pending_;
};

Task<void> send_bytes(ApiParts& parts, AttemptId attempt, std::uint64_t offset, TokenId token,
                      HttpStream& out) {
  ConsoleFeed feed(parts, attempt, offset);
  for (;;) {
    Task<std::string> next = feed.next();
    const auto bytes = co_await within(kHeartbeat, std::move(next));
    if (!parts.still_valid(token)) co_return;  // revoked meanwhile
    if (bytes && bytes->empty()) co_return;
    if (bytes) co_await out.write(*bytes);
  }
}

Task<void> send_lines(ApiParts& parts, AttemptId attempt, std::uint64_t offset, std::string match,
                      TokenId token, HttpStream& out) {
  ConsoleFeed feed(parts, attempt, offset);
  LineEvents lines(offset, std::move(match));
  for (;;) {
    Task<std::string> next = feed.next();
    const auto bytes = co_await within(kHeartbeat, std::move(next));
    if (!parts.still_valid(token)) co_return;  // revoked meanwhile
    std::string events = bytes ? lines.take(*bytes) : ": \n\n";
    if (bytes && bytes->empty()) events = "event: end\ndata: {}\n\n";
    if (!events.empty()) co_await out.write(events);
    if (bytes && bytes->empty()) co_return;
  }
}

/// Where to begin: Last-Event-ID, or `offset` in the query.
std::uint64_t offset_of(const ApiCall& call) {
  const std::string last = call.http.fields.get("Last-Event-ID");
  if (last.empty()) return static_cast<std::uint64_t>(call.query_number("offset").value_or(0));
  if (last.size() > 18 || last.find_first_not_of("0123456789") != std::string::npos)
    throw ApiError(400, "bad-parameter", "Last-Event-ID: is none of ours");
  return std::stoull(last);
}

Task<HttpResponse> show_console(ApiParts& parts, ApiCall& call, AttemptId attempt) {
  const auto place = co_await find_console(parts, attempt);
  if (!place)
    throw ApiError(404, "no-console",
                   fmt::format("attempt {} has no console (any more)", attempt_text(attempt)));
  const bool lines = call.http.fields.get("Accept").find("text/event-stream") != std::string::npos;
  if (!lines && !call.query_flag("follow"))
    co_return file_content(call.http, place->file, place->size_bytes, kPlain);
  HttpResponse response;
  const std::uint64_t offset = offset_of(call);
  const TokenId token = call.caller.token;
  response.fields.add("Content-Type", lines ? "text/event-stream" : kPlain);
  response.fields.add("Cache-Control", "no-store");
  if (lines) {
    response.stream = [&parts, attempt, offset, token,
                       match = call.query("match")](HttpStream& out) {
      return send_lines(parts, attempt, offset, match, token, out);
    };
  } else {
    response.stream = [&parts, attempt, offset, token](HttpStream& out) {
      return send_bytes(parts, attempt, offset, token, out);
    };
  }
  co_return response;
}

Task<HttpResponse> show_last_console(ApiParts& parts, ApiCall& call) {
  const AttemptId attempt = co_await last_attempt(parts, job_in_path(call));
  co_return co_await show_console(parts, call, attempt);
}

std::uint64_t upload_offset(const ApiCall& call) {
  const std::string text = call.http.fields.get("Upload-Offset");
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    throw ApiError(400, "bad-parameter", "Upload-Offset: is missing or not a number of bytes");
  return std::stoull(text);
}

HttpResponse take_piece(ApiParts& parts, const ApiCall& call) {
  const AttemptId attempt = attempt_in_path(call);
  const std::uint64_t offset = upload_offset(call);
  if (!parts.lab.holds(call.caller.token, attempt)) throw stale_attempt(attempt);
  HttpResponse response = nothing();
  response.fields.add("Upload-Offset",
                      std::to_string(parts.consoles.append(attempt, offset, call.http.body)));
  return response;
}

const std::vector<Parameter>& console_parameters() {
  static const std::vector<Parameter> kParameters{
      {"follow", "stay and send what comes until the attempt ends", {{"type", "boolean"}}},
      {"offset", "with follow or event streams: begin at this byte", {{"type", "integer"}}},
      {"match", "event streams: only lines with this text"},
      {"Range", "a stretch of it (RFC 9110)", {{"type", "string"}}, ParameterPlace::header},
      {"Last-Event-ID",
       "event streams: go on after this line",
       {{"type", "string"}},
       ParameterPlace::header}};
  return kParameters;
}

std::vector<Answer> console_answers() {
  return {{200, "the console, or a stream of it", {{"text/plain", {}}, {"text/event-stream", {}}}},
          {206, "the stretch that was asked for", {{"text/plain", {}}}}};
}

}  // namespace

void add_console_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add(
      {.method = "GET",
       .path = "/api/v1/attempts/{attempt}/console",
       .operation = "getConsole",
       .tag = "consoles",
       .summary = "The attempt's console; live while it runs, also line by line as an event stream",
       .parameters = console_parameters(),
       .answers = console_answers(),
       .handle = [&parts](ApiCall& call) {
         return show_console(parts, call, attempt_in_path(call));
       }});
  book.add({.method = "GET",
            .path = "/api/v1/jobs/{job}/console",
            .operation = "getConsoleOfJob",
            .tag = "consoles",
            .summary = "The console of the job's last attempt",
            .parameters = console_parameters(),
            .answers = console_answers(),
            .handle = [&parts](ApiCall& call) { return show_last_console(parts, call); }});
  book.add({.method = "PATCH",
            .path = "/api/v1/attempts/{attempt}/console",
            .operation = "appendConsole",
            .tag = "workers",
            .summary = "The next bytes of a console; the answer's Upload-Offset says what is there",
            .role = TokenRole::worker,
            .parameters = {{"Upload-Offset",
                            "where the bytes belong",
                            {{"type", "integer"}},
                            ParameterPlace::header,
                            true}},
            .body = {{"application/octet-stream", {}}},
            .body_limit = kLargestPiece,
            .answers = {{204, "taken, or there already", {}}},
            .handle = [&parts](ApiCall& call) -> Task<HttpResponse> {
              co_return take_piece(parts, call);
            }});
}

}  // namespace luolab
