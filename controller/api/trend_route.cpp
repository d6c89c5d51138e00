// SPDX-License-Identifier: Apache-2.0
#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

constexpr std::int64_t kUsualNewest = 1000;
constexpr std::int64_t kMostNewest = 5000;

Task<HttpResponse> show_trend(ApiParts& parts, const ApiCall& call) {
  TrendFilter filter{.phase = call.query("phase"),
                     .scenario = call.query("scenario"),
                     .worker = call.query("worker")};
  if (filter.phase.empty()) filter.phase = "blackout";
  const std::int64_t newest = call.query_number("newest").value_or(kUsualNewest);
  if (newest < 1 || newest > kMostNewest)
    throw ApiError(400, "bad-parameter", "newest: must be 1 to 5000");
  filter.newest = static_cast<std::size_t>(newest);
  auto question = [filter](Store& store) { return store.trend(filter); };
  const auto points = co_await parts.reader.read(question);
  boost::json::array items;
  for (const TrendPoint& point : points) items.push_back(to_json(resource_of(point)));
  co_return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

}  // namespace

void add_trend_route(RouteBook& book) {
  ApiParts& parts = book.parts;
  const boost::json::object number{{"type", "integer"}, {"minimum", 1}, {"maximum", kMostNewest}};
  book.add({.method = "GET",
            .path = "/api/v1/trend",
            .operation = "getTrend",
            .tag = "reports",
            .summary = "A phase over the newest attempts, with kernels, memory and verdict of each",
            .parameters = {{"phase", "blackout unless said (docs/phases.md)"},
                           {"scenario", "attempts of this scenario"},
                           {"worker", "attempts on this worker"},
                           {"newest", "so many attempts; 1000 unless said", number}},
            .answers = {{200, "newest first", {book.page<TrendResource>()}}},
            .handle = [&parts](ApiCall& call) { return show_trend(parts, call); }});
}

}  // namespace luolab
