// SPDX-License-Identifier: Apache-2.0
// Phases, checksums and measurements, of one attempt or of all.
#include <charconv>

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

std::string cursor_text(const RowPlace& place) {
  return fmt::format("{}.{}", place.attempt.value, place.position);
}

RowPlace parse_cursor(const std::string& text) {
  RowPlace place;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, place.attempt.value);
  if (first.ec == std::errc{} && first.ptr != end && *first.ptr == '.') {
    const auto second = std::from_chars(first.ptr + 1, end, place.position);
    if (second.ec == std::errc{} && second.ptr == end) return place;
  }
  throw ApiError(400, "bad-parameter", fmt::format("cursor: \"{}\" is none of ours", text));
}

RowFilter filter_of(const ApiCall& call, std::string_view name) {
  RowFilter filter{
      .name = call.query(name), .scenario = call.query("scenario"), .limit = call.limit() + 1};
  if (const std::string job = call.query("job"); !job.empty()) {
    filter.job = parse_job_id(job);
    if (!filter.job)
      throw ApiError(400, "bad-parameter", "job: \"" + job + "\" is not a job (j34)");
  }
  if (call.path.contains("attempt")) filter.attempt = attempt_in_path(call);
  if (const std::string cursor = call.query("cursor"); !cursor.empty())
    filter.before = parse_cursor(cursor);
  return filter;
}

template <class T>
using Ask = std::vector<ReportRow<T>> (Store::*)(const RowFilter&) const;

template <class T>
Task<HttpResponse> rows(ApiParts& parts, const ApiCall& call, Ask<T> ask, std::string_view name) {
  const RowFilter filter = filter_of(call, name);
  auto question = [filter, ask](Store& store) { return (store.*ask)(filter); };
  auto found = co_await parts.reader.read(question);
  co_return page_answer(std::move(found), call.limit(),
                        [](const ReportRow<T>& row) { return cursor_text(row.place); });
}

template <class T, class Resource>
void add(RouteBook& book, const std::string& what, const std::string& title, std::string name,
         const std::string& name_meaning, Ask<T> ask) {
  ApiParts& parts = book.parts;
  const auto handle = [&parts, ask, name](ApiCall& call) {
    return rows<T>(parts, call, ask, name);
  };
  book.add({.method = "GET",
            .path = "/api/v1/" + what,
            .operation = "list" + title,
            .tag = "reports",
            .summary = title + " of all attempts, newest first",
            .parameters = list_parameters({{name, name_meaning},
                                           {"scenario", "of jobs of this scenario"},
                                           {"job", "of this job's attempts"}}),
            .answers = {{200, "a page", {book.page<Resource>()}}},
            .handle = handle});
  book.add({.method = "GET",
            .path = "/api/v1/attempts/{attempt}/" + what,
            .operation = "list" + title + "OfAttempt",
            .tag = "attempts",
            .summary = title + " of one attempt, the last first",
            .parameters = list_parameters({{name, name_meaning}}),
            .answers = {{200, "a page", {book.page<Resource>()}}},
            .handle = handle});
}

}  // namespace

void add_report_row_routes(RouteBook& book) {
  add<Phase, PhaseResource>(book, "phases", "Phases", "name",
                            "phases of this name (docs/phases.md)", &Store::phases);
  add<Checksum, ChecksumResource>(book, "checksums", "Checksums", "memfd", "of this memfd",
                                  &Store::checksums);
  add<Measurement, MeasurementResource>(book, "measurements", "Measurements", "name",
                                        "measurements of this name", &Store::measurements);
}

}  // namespace luolab
