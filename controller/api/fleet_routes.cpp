// SPDX-License-Identifier: Apache-2.0
// Workers, targets and leases, as operators see them.
#include <map>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"

namespace luolab {
namespace {

struct WorkerPatch {
  std::optional<AdminState> state;
};
BOOST_DESCRIBE_STRUCT(WorkerPatch, (), (state))

template <class T>
HttpResponse all_of(const std::vector<T>& resources) {
  boost::json::array items;
  for (const T& resource : resources) items.push_back(to_json(resource));
  return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

/// By name; the cursor is the last name shown.
Task<HttpResponse> list_workers(ApiParts& parts, const ApiCall& call) {
  auto question = [](Store& store) { return store.workers(); };
  const auto rows = co_await parts.reader.read(question);
  const std::string after = call.query("cursor");
  const std::size_t limit = call.limit();
  boost::json::array items;
  boost::json::object page{{"next", nullptr}};
  std::string last;
  for (const WorkerRow& row : rows) {
    if (row.name <= after) continue;
    if (items.size() == limit) {
      page["next"] = last;
      break;
    }
    last = row.name;
    items.push_back(to_json(resource_of(row, parts.lab)));
  }
  page["items"] = std::move(items);
  co_return json_answer(page);
}

Task<HttpResponse> show_worker(ApiParts& parts, std::string name) {
  auto question = [name](Store& store) { return store.worker(name); };
  const auto row = co_await parts.reader.read(question);
  if (!row) throw_not_found("worker", name);
  co_return answer_with(resource_of(*row, parts.lab));
}

Task<HttpResponse> change_worker(ApiParts& parts, const ApiCall& call) {
  const std::string name = call.path.at("worker");
  const auto patch = body_as<WorkerPatch>(call);
  if (!patch.state) throw_bad_body("it says nothing to change (known: state)");
  if (!co_await parts.lab.set_admin_state(name, *patch.state)) throw_not_found("worker", name);
  co_return co_await show_worker(parts, name);
}

Task<HttpResponse> trust(ApiParts& parts, const ApiCall& call) {
  const std::string name = call.path.at("worker");
  if (!co_await parts.lab.trust(name)) throw_not_found("worker", name);
  co_return co_await show_worker(parts, name);
}

Task<HttpResponse> remove(ApiParts& parts, const ApiCall& call) {
  const std::string name = call.path.at("worker");
  if (!co_await parts.lab.forget(name)) throw_not_found("worker", name);
  co_return nothing();
}

HttpResponse list_targets(const ApiParts& parts) {
  std::map<std::string, TargetResource> targets;
  for (const auto& [name, worker] : parts.lab.workers()) {
    for (const std::string& target : worker.hello.targets) {
      targets[target].name = target;
      targets[target].workers.push_back(name);
    }
    for (const auto& [target, reason] : worker.hello.offline) {
      targets[target].name = target;
      targets[target].offline.push_back({name, reason});
    }
  }
  std::vector<TargetResource> list;
  for (auto& [name, target] : targets) list.push_back(std::move(target));
  return all_of(list);
}

HttpResponse list_leases(const ApiParts& parts, const ApiCall& call) {
  const std::size_t limit = call.limit();
  const std::int64_t after = cursor_of(call).value_or(0);
  boost::json::array items;
  boost::json::object page{{"next", nullptr}};
  std::int64_t last = 0;
  for (const Lease* lease : parts.lab.leases().all()) {
    if (lease->attempt.value <= after) continue;
    if (items.size() == limit) {
      page["next"] = std::to_string(last);
      break;
    }
    last = lease->attempt.value;
    items.push_back(to_json(resource_of(*lease)));
  }
  page["items"] = std::move(items);
  return json_answer(page);
}

}  // namespace

void add_fleet_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/workers",
            .operation = "listWorkers",
            .tag = "fleet",
            .summary = "Workers by name, also those that are not connected",
            .parameters = list_parameters(),
            .answers = {{200, "a page", {book.page<WorkerResource>()}}},
            .handle = [&parts](ApiCall& call) { return list_workers(parts, call); }});
  book.add(
      {.method = "GET",
       .path = "/api/v1/workers/{worker}",
       .operation = "getWorker",
       .tag = "fleet",
       .summary = "A worker, and why it is not online",
       .answers = {{200, "the worker", {book.json<WorkerResource>()}}},
       .handle = [&parts](ApiCall& call) { return show_worker(parts, call.path.at("worker")); }});
  book.add(
      {.method = "PATCH",
       .path = "/api/v1/workers/{worker}",
       .operation = "changeWorker",
       .tag = "fleet",
       .summary = "Drains a worker (it finishes what it has and takes nothing new), or resumes it",
       .role = TokenRole::admin,
       .body = {book.input<WorkerPatch>()},
       .answers = {{200, "the worker as it is now", {book.json<WorkerResource>()}}},
       .handle = [&parts](ApiCall& call) { return change_worker(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/workers/{worker}/trust",
            .operation = "trustWorker",
            .tag = "fleet",
            .summary = "Ends a worker's quarantine without a health check",
            .role = TokenRole::admin,
            .answers = {{200, "the worker as it is now", {book.json<WorkerResource>()}}},
            .handle = [&parts](ApiCall& call) { return trust(parts, call); }});
  book.add({.method = "DELETE",
            .path = "/api/v1/workers/{worker}",
            .operation = "removeWorker",
            .tag = "fleet",
            .summary = "Forgets a worker; what it runs is given to others",
            .role = TokenRole::admin,
            .answers = {{204, "it is gone", {}}},
            .handle = [&parts](ApiCall& call) { return remove(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/targets",
            .operation = "listTargets",
            .tag = "fleet",
            .summary = "Machines that connected workers reach by name",
            .answers = {{200, "all of them", {book.page<TargetResource>()}}},
            .handle = [&parts](ApiCall&) -> Task<HttpResponse> { co_return list_targets(parts); }});
  book.add({.method = "GET",
            .path = "/api/v1/leases",
            .operation = "listLeases",
            .tag = "fleet",
            .summary = "Attempts that run now, oldest first, and what they are doing",
            .parameters = list_parameters(),
            .answers = {{200, "a page", {book.page<LeaseResource>()}}},
            .handle = [&parts](ApiCall& call) -> Task<HttpResponse> {
              co_return list_leases(parts, call);
            }});
}

}  // namespace luolab
