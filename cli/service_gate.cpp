// SPDX-License-Identifier: Apache-2.0
#include "cli/service_gate.h"

#include <iostream>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/results/safe_text.h"
#include "core/http/target.h"
#include "core/protocol/json.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

using boost::json::object;

std::string target_of(const std::string& gate) { return "/api/v1/gates/" + percent_encoded(gate); }

/// The body of POST /api/v1/gates.
std::string request_body(const GateOrder& order) {
  return boost::json::serialize(object{{"series", to_json(order.series)},
                                       {"base", order.base},
                                       {"fragments", to_json(order.fragments)},
                                       {"suite", order.suite},
                                       {"budget_ns", order.budget.count()},
                                       {"matters", order.matters},
                                       {"latency", order.latency},
                                       {"title", order.title},
                                       {"origin", order.origin},
                                       {"command_line", order.command},
                                       {"priority", order.priority}});
}

Task<Result<GateReport>> report_now(ServiceClient& client, const std::string& gate) {
  ServiceRequest request = get_request(target_of(gate));
  const auto answer = co_await client.ask(std::move(request));
  if (!answer) co_return answer.error();
  co_return read_gate_json(boost::json::serialize(object_at(answer->get_object(), "report")));
}

/// Says the stages of one gate, until it has ended.
class StageTeller {
 public:
  explicit StageTeller(std::string gate) : gate_(std::move(gate)) {}

  /// False: the gate has ended.
  bool take(const object& event) {
    const object details = object_at(event, "details");
    if (text_at(details, "gate") != gate_) return true;
    say(text_at(details, "stage"));
    return text_at(event, "kind") != "gate.done";
  }

  void say(const std::string& stage) {
    if (stage != stage_ && !stage.empty()) std::cerr << one_line(stage) << '\n';
    stage_ = stage;
  }

 private:
  std::string gate_;
  std::string stage_;
};

Task<Result<GateReport>> follow_gate(ServiceClient& client, const std::string& gate) {
  // The number first: what happens after it is in the events, what came before in the report.
  ServiceRequest request = get_request("/api/v1/status");
  const auto status = co_await client.ask(std::move(request));
  if (!status) co_return status.error();
  const auto after = static_cast<std::int64_t>(number_at(status->get_object(), "newest_event"));
  auto report = co_await report_now(client, gate);
  if (!report || report->state != "running") co_return report;
  StageTeller teller(gate);
  teller.say(report->stage);
  std::function<bool(const object&)> on_event = [&teller](const object& event) {
    return teller.take(event);
  };
  std::function<void(const Error&)> on_away = [](const Error& error) {
    std::cerr << one_line(error.what) << "; waiting for it\n";
  };
  std::string target = "/api/v1/events";
  const auto followed =
      co_await client.events(std::move(target), after, std::move(on_event), std::move(on_away));
  if (!followed) co_return followed.error();
  co_return co_await report_now(client, gate);
}

}  // namespace

Task<Result<GateReport>> gate_by_service(ServiceClient& client, const GateOrder& order) {
  ServiceRequest request{.method = "POST",
                         .target = "/api/v1/gates",
                         .body = request_body(order),
                         .content_type = "application/json"};
  const auto answer = co_await client.ask(std::move(request));
  if (!answer) co_return answer.error();
  const std::string gate = text_at(answer->get_object(), "gate");
  std::cerr << fmt::format("Gate {}: {}\n", gate, client.url("/gates/" + gate));
  try {
    co_return co_await follow_gate(client, gate);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted)
      std::cerr << fmt::format("Gate {} goes on; luolab cancel {} ends it\n", gate, gate);
    throw;
  }
}

}  // namespace luolab
