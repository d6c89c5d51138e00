// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <boost/describe/enum_from_string.hpp>
#include <boost/json.hpp>

#include "controller/api/resources.h"
#include "controller/api/route.h"
#include "controller/api/schema.h"
#include "controller/console/console_store.h"
#include "controller/events/event_hub.h"
#include "controller/lab/lab.h"
#include "controller/lab/store_reader.h"
#include "controller/submit/submit_order.h"
#include "core/protocol/json.h"
#include "db/artifact_store.h"
#include "kernel-patches/catalog.h"

namespace luolab {

class Metrics;
class GateDesk;

/// What the API's handlers work on; borrowed, outlives them.
struct ApiParts {
  Lab& lab;
  StoreWriter& writer;
  StoreReader& reader;
  EventHub& events;
  ConsoleStore& consoles;
  ArtifactStore& artifacts;
  const Catalog& catalog;
  Metrics& metrics;
  asio::thread_pool& files;  ///< for what blocks on the disk
  GateDesk& gates;
  std::filesystem::path data;  ///< where suites lie
  std::string version;
  SubmitRules rules;
  /// Why the service can't work just now; empty: it can.
  std::function<std::string()> trouble = [] { return std::string(); };
  /// Of HTTP, open now.
  std::function<std::uint64_t()> connections = [] { return std::uint64_t{0}; };
  /// Whether a token is still good; streams ask again and again.
  std::function<bool(TokenId)> still_valid = [](TokenId) { return true; };
  std::function<void(const std::string&)> log_trouble = [](const std::string&) {};
};

/// What the files of routes fill.
struct RouteBook {
  ApiParts& parts;
  SchemaBook& schemas;
  std::vector<Route>& routes;

  void add(Route route) { routes.push_back(std::move(route)); }
  /// application/json of T's schema.
  template <class T>
  Content json() {
    return {"application/json", schemas.of<T>()};
  }
  /// application/json that is read into a T.
  template <class T>
  Content input() {
    return {"application/json", schemas.input_of<T>()};
  }
  /// A page of T.
  template <class T>
  Content page() {
    using boost::json::array;
    using boost::json::object;
    return {"application/json", object{{"type", "object"},
                                       {"properties",
                                        {{"items", {{"type", "array"}, {"items", schemas.of<T>()}}},
                                         {"next", {{"type", array{"string", "null"}}}}}},
                                       {"required", array{"items", "next"}},
                                       {"additionalProperties", false}}};
  }
};

// One file each; the table of routes is made by all of them.
void add_run_routes(RouteBook& book);
void add_submit_route(RouteBook& book);
void add_gate_routes(RouteBook& book);
void add_job_routes(RouteBook& book);
void add_attempt_routes(RouteBook& book);
void add_report_row_routes(RouteBook& book);
void add_console_routes(RouteBook& book);
void add_artifact_routes(RouteBook& book);
void add_build_routes(RouteBook& book);
void add_worker_routes(RouteBook& book);
void add_fleet_routes(RouteBook& book);
void add_token_routes(RouteBook& book);
void add_event_routes(RouteBook& book);
void add_search_route(RouteBook& book);
void add_trend_routes(RouteBook& book);
void add_operation_routes(RouteBook& book);

/// An answer with JSON.
HttpResponse json_answer(const boost::json::value& json, int status = 200);
template <class T>
HttpResponse answer_with(const T& resource, int status = 200) {
  return json_answer(to_json(resource), status);
}
/// 204.
HttpResponse nothing();

/// A page: `items` were asked for with limit + 1, to see whether there are more; `cursor` names the
/// last one shown.
template <class Row, class Cursor>
HttpResponse page_answer(std::vector<Row> rows, std::size_t limit, Cursor cursor) {
  boost::json::object page;
  page["next"] = nullptr;
  if (rows.size() > limit) {
    rows.resize(limit);
    page["next"] = cursor(rows.back());
  }
  boost::json::array items;
  for (const Row& row : rows) items.push_back(to_json(resource_of(row)));
  page["items"] = std::move(items);
  return json_answer(page);
}

[[noreturn]] void throw_bad_body(const std::string& why);

/// Reads a body that must be JSON of T; ApiError (400) says what is wrong.
template <class T>
T body_as(const ApiCall& call) {
  auto thing = from_json<T>(call.http.body);
  if (!thing) throw_bad_body(thing.error().what);
  return std::move(*thing);
}
[[noreturn]] void throw_not_found(const std::string& what, const std::string& id);

// Ids in paths; 404 where they are none.
RunId run_in_path(const ApiCall& call);
JobId job_in_path(const ApiCall& call);
AttemptId attempt_in_path(const ApiCall& call);

[[noreturn]] void throw_unknown_word(std::string_view name, const std::string& word,
                                     const std::vector<std::string>& known);

/// The names of an enum.
template <class E>
std::vector<std::string> enum_names() {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto enumerator) { names.emplace_back(enumerator.name); });
  return names;
}

/// A value of an enum in the query; nothing where it is missing, 400 with the known ones where it
/// is none of them.
template <class E>
std::optional<E> query_enum(const ApiCall& call, std::string_view name) {
  const std::string word = call.query(name);
  if (word.empty()) return {};
  E value{};
  if (!boost::describe::enum_from_string(word.c_str(), value))
    throw_unknown_word(name, word, enum_names<E>());
  return value;
}

/// A query parameter that takes the names of an enum.
template <class E>
Parameter enum_parameter(std::string name, std::string description) {
  boost::json::array names;
  for (const std::string& word : enum_names<E>()) names.emplace_back(word);
  return {
      std::move(name), std::move(description), {{"type", "string"}, {"enum", std::move(names)}}};
}

/// `cursor` as a number; nothing where it is missing.
std::optional<std::int64_t> cursor_of(const ApiCall& call);
std::vector<Parameter> list_parameters(std::vector<Parameter> filters = {});

}  // namespace luolab
