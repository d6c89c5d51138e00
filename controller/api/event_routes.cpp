// SPDX-License-Identifier: Apache-2.0
// Events: what has changed, from the first to the one that comes next.
#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::size_t kPiece = 500;

bool passes(const EventRow& event, const EventFilter& filter) {
  return (!filter.run || event.run == filter.run) && (!filter.job || event.job == filter.job) &&
         (filter.worker.empty() || event.worker == filter.worker) &&
         event.kind.starts_with(filter.kind);
}

/// Events in order, from the hub while it holds them, else from the store.
class EventFeed {
 public:
  EventFeed(ApiParts& parts, EventFilter filter) : parts_(parts), filter_(std::move(filter)) {}

  /// The next ones; waits until there are some. Empty where all that came were filtered out.
  Task<std::vector<EventRow>> next() {
    co_await parts_.events.wait_after(filter_.after);
    if (auto held = parts_.events.held(filter_.after, kPiece)) {
      filter_.after = held->back().seq;
      std::erase_if(*held, [&](const EventRow& event) { return !passes(event, filter_); });
      co_return std::move(*held);
    }
    const std::int64_t newest = parts_.events.newest();
    filter_.limit = kPiece;
    auto question = [filter = filter_](Store& store) { return store.events(filter); };
    auto stored = co_await parts_.reader.read(question);
    filter_.after = stored.size() < kPiece ? newest : stored.back().seq;
    std::erase_if(stored, [&](const EventRow& event) { return event.seq > filter_.after; });
    co_return stored;
  }

 private:
  ApiParts& parts_;
  EventFilter filter_;
};

std::string sse_text(const EventRow& event) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.seq, event.kind,
                     boost::json::serialize(to_json(resource_of(event))));
}

Task<void> send_events(ApiParts& parts, EventFilter filter, TokenId token, HttpStream& out) {
  EventFeed feed(parts, std::move(filter));
  co_await out.write("retry: 1000\n\n");
  for (;;) {
    Task<std::vector<EventRow>> next = feed.next();
    const auto events = co_await within(kHeartbeat, std::move(next));
    if (!parts.still_valid(token)) co_return;  // revoked meanwhile
    std::string text = events ? "" : ": \n\n";
    if (events) {
      for (const EventRow& event : *events) text += sse_text(event);
    }
    if (!text.empty()) co_await out.write(text);
  }
}

EventFilter filter_of(const ApiCall& call) {
  EventFilter filter{.after = call.query_number("after").value_or(0),
                     .worker = call.query("worker"),
                     .kind = call.query("kind"),
                     .limit = call.limit()};
  if (const std::string run = call.query("run"); !run.empty()) {
    filter.run = parse_run_id(run);
    if (!filter.run) throw ApiError(400, "bad-parameter", "run: \"" + run + "\" is not a run (12)");
  }
  if (const std::string job = call.query("job"); !job.empty()) {
    filter.job = parse_job_id(job);
    if (!filter.job)
      throw ApiError(400, "bad-parameter", "job: \"" + job + "\" is not a job (j34)");
  }
  return filter;
}

Task<HttpResponse> page_of_events(ApiParts& parts, const ApiCall& call) {
  EventFilter filter = filter_of(call);
  if (const auto cursor = cursor_of(call)) filter.after = *cursor;
  filter.limit = call.limit() + 1;
  auto question = [filter](Store& store) { return store.events(filter); };
  auto events = co_await parts.reader.read(question);
  co_return page_answer(std::move(events), call.limit(),
                        [](const EventRow& event) { return std::to_string(event.seq); });
}

HttpResponse stream_of_events(ApiParts& parts, const ApiCall& call) {
  EventFilter filter = filter_of(call);
  const std::string last = call.http.fields.get("Last-Event-ID");
  if (!last.empty()) {
    if (last.size() > 18 || last.find_first_not_of("0123456789") != std::string::npos)
      throw ApiError(400, "bad-parameter", "Last-Event-ID: is none of ours");
    filter.after = std::stoll(last);
  } else if (!call.http.query.contains("after")) {
    filter.after = parts.events.newest();
  }
  HttpResponse response;
  response.fields.add("Content-Type", "text/event-stream");
  response.fields.add("Cache-Control", "no-store");
  response.stream = [&parts, filter, token = call.caller.token](HttpStream& out) {
    return send_events(parts, filter, token, out);
  };
  return response;
}

}  // namespace

void add_event_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add(
      {.method = "GET",
       .path = "/api/v1/events",
       .operation = "listEvents",
       .tag = "events",
       .summary =
           "What has changed, oldest first; with Accept: text/event-stream what changes from "
           "now on, or from after or Last-Event-ID on",
       .parameters = list_parameters({{"after", "events after this number", {{"type", "integer"}}},
                                      {"run", "of this run"},
                                      {"job", "of this job"},
                                      {"worker", "of this worker"},
                                      {"kind", "whose kind begins so (\"job.\")"},
                                      {"Last-Event-ID",
                                       "event streams: go on after this one",
                                       {{"type", "string"}},
                                       ParameterPlace::header}}),
       .answers = {{200,
                    "a page, or the stream",
                    {book.page<EventResource>(), {"text/event-stream", {}}}}},
       .handle = [&parts](ApiCall& call) -> Task<HttpResponse> {
         const std::string accept = call.http.fields.get("Accept");
         if (accept.find("text/event-stream") != std::string::npos)
           co_return stream_of_events(parts, call);
         co_return co_await page_of_events(parts, call);
       }});
}

}  // namespace luolab
