// SPDX-License-Identifier: Apache-2.0
// What attempts say together. Each answer has a bound on what it reads (db/trend.h).
#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

constexpr std::int64_t kUsualNewest = 1000, kMostNewest = 5000;
constexpr std::int64_t kUsualOfPair = 50, kMostOfPair = 200;

std::size_t newest_of(const ApiCall& call, std::int64_t usual, std::int64_t most) {
  const std::int64_t newest = call.query_number("newest").value_or(usual);
  if (newest < 1 || newest > most)
    throw ApiError(400, "bad-parameter",
                   fmt::format("newest: {} is not within 1 to {}", newest, most));
  return static_cast<std::size_t>(newest);
}

Parameter newest_parameter(std::string description, std::int64_t usual, std::int64_t most) {
  return {"newest",
          fmt::format("{}; {} unless said", description, usual),
          {{"type", "integer"}, {"minimum", 1}, {"maximum", most}}};
}

std::string phase_of(const ApiCall& call) {
  const std::string phase = call.query("phase");
  return phase.empty() ? "blackout" : phase;
}

/// All of them at once: their number has a bound.
template <class Row>
HttpResponse whole_list(const std::vector<Row>& rows) {
  boost::json::array items;
  for (const Row& row : rows) items.push_back(to_json(resource_of(row)));
  return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Task<HttpResponse> show_trend(ApiParts& parts, const ApiCall& call) {
  TrendFilter filter{.phase = phase_of(call),
                     .scenario = call.query("scenario"),
                     .worker = call.query("worker"),
                     .newest = newest_of(call, kUsualNewest, kMostNewest)};
  if (const auto size = call.query_number("size")) filter.size = static_cast<std::uint64_t>(*size);
  auto question = [filter](Store& store) { return store.trend(filter); };
  const auto points = co_await parts.reader.read(question);
  co_return whole_list(points);
}

Task<HttpResponse> show_choices(ApiParts& parts) {
  auto question = [](Store& store) { return store.trend_choices(); };
  const TrendChoices choices = co_await parts.reader.read(question);
  co_return answer_with(resource_of(choices));
}

Task<HttpResponse> show_pairs(ApiParts& parts, const ApiCall& call) {
  const PairFilter filter{.phase = phase_of(call),
                          .scenario = call.query("scenario"),
                          .newest = newest_of(call, kUsualOfPair, kMostOfPair)};
  auto question = [filter](Store& store) { return store.version_pairs(filter); };
  const auto pairs = co_await parts.reader.read(question);
  co_return whole_list(pairs);
}

Task<HttpResponse> show_flaky(ApiParts& parts, const ApiCall& call) {
  const FlakyFilter filter{.scenario = call.query("scenario"),
                           .newest = newest_of(call, kUsualNewest, kMostNewest)};
  auto question = [filter](Store& store) { return store.flaky_tests(filter); };
  const auto tests = co_await parts.reader.read(question);
  co_return whole_list(tests);
}

}  // namespace

void add_trend_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  const Parameter phase{"phase", "blackout unless said (docs/phases.md)"};
  book.add({.method = "GET",
            .path = "/api/v1/trend",
            .operation = "getTrend",
            .tag = "reports",
            .summary = "A phase over the newest attempts, with kernels, memory and verdict of each",
            .parameters = {phase,
                           {"scenario", "attempts of this scenario"},
                           {"worker", "attempts on this worker"},
                           {"size",
                            "attempts with this bytes_per_update",
                            {{"type", "integer"}, {"minimum", 0}}},
                           newest_parameter("so many attempts", kUsualNewest, kMostNewest)},
            .answers = {{200, "newest first", {book.page<TrendResource>()}}},
            .handle = [&parts](ApiCall& call) { return show_trend(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/trend/choices",
            .operation = "listTrendChoices",
            .tag = "reports",
            .summary = "What a trend can be filtered by: at most 500 of each",
            .answers = {{200, "in order", {book.json<TrendChoicesResource>()}}},
            .handle = [&parts](ApiCall&) { return show_choices(parts); }});
  book.add(
      {.method = "GET",
       .path = "/api/v1/trend/pairs",
       .operation = "listVersionPairs",
       .tag = "reports",
       .summary = "Verdicts and a phase from each release to each; at most 400 pairs",
       .parameters = {phase,
                      {"scenario", "attempts of this scenario"},
                      newest_parameter("so many attempts of each pair", kUsualOfPair, kMostOfPair)},
       .answers = {{200, "highest releases first", {book.page<VersionPairResource>()}}},
       .handle = [&parts](ApiCall& call) { return show_pairs(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/trend/flaky",
            .operation = "listFlakyTests",
            .tag = "reports",
            .summary = "Tests that passed and failed on the same builds; at most 100",
            .parameters = {{"scenario", "tests of this scenario"},
                           newest_parameter("so many failures are looked at", kUsualNewest,
                                            kMostNewest)},
            .answers = {{200, "what failed last comes first", {book.page<FlakyTestResource>()}}},
            .handle = [&parts](ApiCall& call) { return show_flaky(parts, call); }});
}

}  // namespace luolab
