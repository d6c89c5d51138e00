// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/gate/base_commit.h"
#include "controller/gate/gate_desk.h"
#include "controller/gate/gate_storage.h"
#include "controller/gate/gate_suite.h"
#include "controller/gate/suite_files.h"
#include "controller/gate_formats/gate_formats.h"
#include "controller/submit/submit_form.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLargestSeries = std::uint64_t{64} << 20;

/// What somebody asks of a gate; the members stand for the flags of `luolab gate`.
struct GateRequest {
  std::vector<Series> series;             ///< brought along
  std::vector<std::string> named_series;  ///< of the controller's catalog
  std::string base;                       ///< in place of the suite's
  std::vector<std::string> fragments;
  std::string suite = "quick";
  std::int64_t budget_ns = 0;  ///< 0: the whole suite
  double matters = 0.05;
  bool latency = true;
  std::string title;
  std::string origin;
  std::string command_line;
  int priority = 50;
};
BOOST_DESCRIBE_STRUCT(GateRequest, (),
                      (series, named_series, base, fragments, suite, budget_ns, matters, latency,
                       title, origin, command_line, priority))

struct GateStarted {
  std::string gate;
};
BOOST_DESCRIBE_STRUCT(GateStarted, (), (gate))

struct GateDetail {
  GateResource gate;
  GateReport report;  ///< as far as it is known
};
BOOST_DESCRIBE_STRUCT(GateDetail, (), (gate, report))

struct GateCancel {
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(GateCancel, (), (reason))

[[noreturn]] void refuse(const std::string& why) { throw ApiError(422, "bad-gate", why); }

GateRequest read_request(const ApiCall& call) {
  if (call.http.fields.get("Content-Type").starts_with("application/json"))
    return body_as<GateRequest>(call);
  GateRequest request;
  if (call.http.body.empty()) return request;
  auto series = read_brought_patches({{"series.mbox", call.http.body}});
  if (!series) refuse(series.error().what);
  request.series.push_back(std::move(*series));
  return request;
}

/// The query wins over the body.
void apply_query(GateRequest& request, const ApiCall& call) {
  const auto take = [&](std::string& member, const char* name) {
    if (const std::string value = call.query(name); !value.empty()) member = value;
  };
  take(request.base, "base");
  take(request.suite, "suite");
  take(request.title, "title");
  take(request.origin, "origin");
  for (std::string& name : call.queries("named_series"))
    request.named_series.push_back(std::move(name));
  for (std::string& name : call.queries("fragment")) request.fragments.push_back(std::move(name));
  if (const auto budget = call.query_number("budget_ns")) request.budget_ns = *budget;
}

GateOrder order_of(const ApiParts& parts, GateRequest request) {
  GateOrder order;
  order.base = std::move(request.base);
  order.series = std::move(request.series);
  for (const std::string& name : request.named_series) {
    const auto series = parts.catalog.series(name);
    if (!series) refuse("named_series: " + series.error().what);
    order.series.push_back(*series);
  }
  if (order.series.empty() || order.series.front().patches.empty())
    refuse("there is no patch: send one as the body, or name a series by named_series");
  order.fragments = std::move(request.fragments);
  if (request.budget_ns < 0) refuse("budget_ns: is less than nothing");
  order.budget = std::chrono::nanoseconds{request.budget_ns};
  if (!(request.matters > 0 && request.matters <= 10))
    refuse("matters: is not above 0 and at most 10");
  order.matters = request.matters;
  order.latency = request.latency;
  order.title = std::move(request.title);
  order.origin = std::move(request.origin);
  order.command = std::move(request.command_line);
  if (request.priority < 0 || request.priority > 100) refuse("priority: is not 0 to 100");
  order.priority = request.priority;
  return order;
}

/// The suite by its name alone: paths would be the controller's.
void add_suite(const ApiParts& parts, const std::string& name, GateOrder& order) {
  const auto names = suite_names(parts.data);
  if (std::ranges::find(names, name) == names.end())
    refuse(fmt::format("suite: \"{}\" is not known (known: {})", name, fmt::join(names, ", ")));
  auto suite = read_suite(parts.data, name);
  if (!suite) refuse("suite: " + suite.error().what);
  order.suite = suite->name;
  order.documents = std::move(suite->documents);
}

GateOrder prepare(const ApiParts& parts, const ApiCall& call) {
  GateRequest request = read_request(call);
  apply_query(request, call);
  const std::string suite_name = request.suite;
  GateOrder order = order_of(parts, std::move(request));
  if (!parts.rules.worker_paths && order.base.find(':') != std::string::npos)
    refuse("base: a path or an address is not taken here (luolab controller --allow-worker-paths)");
  add_suite(parts, suite_name, order);
  if (const auto honoured = honour_base_commit(order); !honoured) refuse(honoured.error().what);
  const GateSuite suite = expand_suite(order, parts.catalog);
  if (!suite.errors.empty()) refuse(to_string(suite.errors.front()));
  if (suite.cases.empty()) refuse("suite: none of its kernels takes the series");
  return order;
}

Task<HttpResponse> start_gate(ApiParts& parts, const ApiCall& call) {
  auto work = [&parts, &call] { return prepare(parts, call); };
  GateOrder order = co_await run_on(parts.files.get_executor(), work);
  const GateId id = co_await parts.gates.start(std::move(order), call.caller.name);
  HttpResponse response = answer_with(GateStarted{id_text(id)}, 201);
  response.fields.add("Location", "/api/v1/gates/" + id_text(id));
  co_return response;
}

Task<HttpResponse> list_gates(ApiParts& parts, const ApiCall& call) {
  GateFilter filter{.state = query_enum<GateState>(call, "state"),
                    .title = call.query("title"),
                    .limit = call.limit() + 1};
  if (const auto cursor = cursor_of(call)) filter.before = GateId{*cursor};
  auto question = [filter](Store& store) { return store.gates(filter); };
  auto gates = co_await parts.reader.read(question);
  co_return page_answer(std::move(gates), call.limit(),
                        [](const GateRow& gate) { return std::to_string(gate.id.value); });
}

GateId gate_in_path(const ApiCall& call) {
  const auto id = parse_gate_id(call.path.at("gate"));
  if (!id) throw_not_found("gate", call.path.at("gate"));
  return *id;
}

struct StoredGate {
  GateRow row;
  GateReport report;
};

Task<StoredGate> find_gate(ApiParts& parts, GateId id) {
  auto question = [id](Store& store) -> std::optional<StoredGate> {
    const auto record = store.gate(id);
    if (!record) return {};
    return StoredGate{record->row, stored_report(store, id).value()};
  };
  auto gate = co_await parts.reader.read(question);
  if (!gate) throw_not_found("gate", id_text(id));
  co_return std::move(*gate);
}

Task<HttpResponse> show_gate(ApiParts& parts, const ApiCall& call) {
  StoredGate gate = co_await find_gate(parts, gate_in_path(call));
  co_return answer_with(GateDetail{resource_of(gate.row), std::move(gate.report)});
}

Task<HttpResponse> show_report(ApiParts& parts, const ApiCall& call) {
  const GateFormat format = query_enum<GateFormat>(call, "format").value_or(GateFormat::json);
  const StoredGate gate = co_await find_gate(parts, gate_in_path(call));
  HttpResponse response;
  response.body = gate_report_in(gate.report, format);
  response.fields.add("Content-Type", media_type_of(format));
  co_return response;
}

Task<HttpResponse> cancel_gate(ApiParts& parts, const ApiCall& call) {
  const GateId id = gate_in_path(call);
  std::string reason = call.http.body.empty() ? "" : body_as<GateCancel>(call).reason;
  if (reason.empty()) reason = "canceled by " + call.caller.name;
  co_await find_gate(parts, id);
  if (!co_await parts.gates.cancel(id, std::move(reason)))
    throw ApiError(409, "not-running", fmt::format("gate {} does not run", id_text(id)));
  const StoredGate gate = co_await find_gate(parts, id);
  co_return answer_with(resource_of(gate.row));
}

}  // namespace

void add_gate_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  const boost::json::object integer{{"type", "integer"}};
  book.add({.method = "POST",
            .path = "/api/v1/gates",
            .operation = "startGate",
            .tag = "gates",
            .summary = "May this series go in? Answered when the gate is on disk and begins",
            .role = TokenRole::submit,
            .parameters = {{"base", "in place of the suite's"},
                           {"suite", "quick unless said"},
                           {"fragment", "kernel configuration of both kernels; may be repeated"},
                           {"named_series", "a series of the catalog; may be repeated"},
                           {"budget_ns", "picks what says most in about so long", integer},
                           {"title", "in place of the series' name"},
                           {"origin", "message id or URL of the series"}},
            .body = {book.input<GateRequest>(), {"text/plain", {}}, {"application/mbox", {}}},
            .body_optional = true,
            .body_limit = kLargestSeries,
            .answers = {{201, "the gate", {book.json<GateStarted>()}}},
            .handle = [&parts](ApiCall& call) { return start_gate(parts, call); }});
  book.add(
      {.method = "GET",
       .path = "/api/v1/gates",
       .operation = "listGates",
       .tag = "gates",
       .summary = "Gates, newest first",
       .parameters = list_parameters({enum_parameter<GateState>("state", "gates in this state"),
                                      {"title", "gates of one series"}}),
       .answers = {{200, "a page of gates", {book.page<GateResource>()}}},
       .handle = [&parts](ApiCall& call) { return list_gates(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/gates/{gate}",
            .operation = "getGate",
            .tag = "gates",
            .summary = "A gate with all that is known so far",
            .answers = {{200, "the gate", {book.json<GateDetail>()}}},
            .handle = [&parts](ApiCall& call) { return show_gate(parts, call); }});
  book.add({.method = "GET",
            .path = "/api/v1/gates/{gate}/report",
            .operation = "getGateReport",
            .tag = "gates",
            .summary = "The gate's report for people or for other tools",
            .parameters = {enum_parameter<GateFormat>("format", "json unless said")},
            .answers = {{200,
                         "the report",
                         {{"application/json", {{"type", "object"}}},
                          {"application/xml", {}},
                          {"text/plain", {}}}}},
            .handle = [&parts](ApiCall& call) { return show_report(parts, call); }});
  book.add({.method = "POST",
            .path = "/api/v1/gates/{gate}/cancel",
            .operation = "cancelGate",
            .tag = "gates",
            .summary = "Ends a gate and its jobs",
            .role = TokenRole::submit,
            .body = {book.input<GateCancel>()},
            .body_optional = true,
            .answers = {{200, "the gate as it is now", {book.json<GateResource>()}}},
            .handle = [&parts](ApiCall& call) { return cancel_gate(parts, call); }});
}

}  // namespace luolab
