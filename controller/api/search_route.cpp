// SPDX-License-Identifier: Apache-2.0
#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestQuestion = 200;

Task<HttpResponse> search(ApiParts& parts, const ApiCall& call) {
  const std::string text = call.query("q");
  if (text.empty() || text.size() > kLongestQuestion)
    throw ApiError(400, "bad-parameter", "q: must have 1 to 200 bytes");
  const std::size_t limit = call.limit();
  auto question = [text, limit](Store& store) { return store.search(text, limit); };
  const auto hits = co_await parts.reader.read(question);
  boost::json::array items;
  for (const SearchHit& hit : hits) items.push_back(to_json(resource_of(hit)));
  co_return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

}  // namespace

void add_search_route(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/search",
            .operation = "search",
            .tag = "search",
            .summary =
                "Runs, jobs, reasons, console excerpts, builds, workers, gates and scenarios with "
                "these words",
            .parameters = list_parameters({{"q",
                                            "words, or their beginnings",
                                            {{"type", "string"}},
                                            ParameterPlace::query,
                                            true}}),
            .answers = {{200, "at most `limit` of each kind", {book.page<SearchResource>()}}},
            .handle = [&parts](ApiCall& call) { return search(parts, call); }});
}

}  // namespace luolab
