// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/api/worker_answers.h"
#include "db/artifact_store.h"

namespace luolab {
namespace {

struct BuildNotice {
  std::int64_t attempt = 0;
  std::string artifact;
  std::string failure;
};
BOOST_DESCRIBE_STRUCT(BuildNotice, (), (attempt, artifact, failure))

Task<HttpResponse> list_builds(ApiParts& parts, const ApiCall& call) {
  const std::size_t wanted = call.limit() + 1;
  auto question = [wanted, before = cursor_of(call)](Store& store) {
    return store.builds(wanted, before);
  };
  auto builds = co_await parts.reader.read(question);
  co_return page_answer(std::move(builds), call.limit(),
                        [](const BuildRow& build) { return std::to_string(build.id); });
}

Task<HttpResponse> list_fleet_builds(ApiParts& parts, const ApiCall& call) {
  FleetBuildFilter filter{.state = query_enum<FleetBuildState>(call, "state"),
                          .before = cursor_of(call),
                          .limit = call.limit() + 1};
  auto question = [filter](Store& store) { return store.fleet_builds(filter); };
  auto builds = co_await parts.reader.read(question);
  co_return page_answer(std::move(builds), call.limit(),
                        [](const FleetBuild& build) { return std::to_string(build.id); });
}

Task<HttpResponse> show_build(ApiParts& parts, const ApiCall& call) {
  const std::string key = call.path.at("key");
  auto question = [key](Store& store) {
    std::optional<BuildDetail> detail;
    const auto papers = store.build_papers(key);
    if (!papers) return detail;
    detail = BuildDetail{resource_of(*papers), {}};
    if (const auto baseline = store.baseline_of(papers->build))
      detail->baseline = resource_of(*baseline);
    return detail;
  };
  const auto detail = co_await parts.reader.read(question);
  if (!detail) throw_not_found("build", key);
  co_return answer_with(*detail);
}

HttpResponse list_bases(const ApiParts& parts) {
  boost::json::array items;
  for (const std::string& name : parts.catalog.base_names()) {
    const auto base = parts.catalog.base(name);
    if (!base) continue;
    items.push_back(
        to_json(BaseResource{base->name, base->kind, base->package, base->recorded_version}));
  }
  return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Task<HttpResponse> take_notice(ApiParts& parts, const ApiCall& call) {
  const std::string& key = call.path.at("key");
  if (!is_digest(key)) throw_not_found("build", key);
  const auto notice = body_as<BuildNotice>(call);
  if (notice.failure.empty() && !parts.artifacts.whole(notice.artifact))
    throw ApiError(422, "no-artifact",
                   "the archive " + notice.artifact + " must be handed in before it is named");
  const AttemptId attempt{notice.attempt};
  const Delivery delivery = co_await parts.lab.build_done(call.caller.token, attempt, key,
                                                          notice.artifact, notice.failure);
  if (delivery == Delivery::refused) throw stale_attempt(attempt);
  co_return nothing();
}

}  // namespace

void add_build_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/builds",
            .operation = "listBuilds",
            .tag = "builds",
            .summary = "Kernel builds that attempts used, newest first",
            .parameters = list_parameters(),
            .answers = {{200, "a page", {book.page<BuildResource>()}}},
            .handle = [&parts](ApiCall& call) { return list_builds(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/builds/{key}",
            .operation = "getBuild",
            .tag = "builds",
            .summary = "A build that attempts used, its files, and the plainest of the same base",
            .answers = {{200, "the build", {book.json<BuildDetail>()}}},
            .handle = [&parts](ApiCall& call) { return show_build(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/fleet-builds",
            .operation = "listFleetBuilds",
            .tag = "builds",
            .summary = "Builds that workers share: made by one, fetched by the others",
            .parameters =
                list_parameters({enum_parameter<FleetBuildState>("state", "builds in this state")}),
            .answers = {{200, "a page", {book.page<FleetBuildResource>()}}},
            .handle = [&parts](ApiCall& call) { return list_fleet_builds(parts, call); }});
  book.add({.method = "PUT",
            .path = "/api/v1/builds/{key}",
            .operation = "putBuild",
            .tag = "workers",
            .summary = "A worker has handed in a build that is shared, or can't make it",
            .role = TokenRole::worker,
            .body = {book.input<BuildNotice>()},
            .answers = {{204, "taken", {}}},
            .handle = [&parts](ApiCall& call) { return take_notice(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/bases",
            .operation = "listBases",
            .tag = "builds",
            .summary = "Kernel sources that scenarios may name",
            .answers = {{200, "all of them", {book.page<BaseResource>()}}},
            .handle = [&parts](ApiCall&) -> Task<HttpResponse> { co_return list_bases(parts); }});
}

}  // namespace luolab
