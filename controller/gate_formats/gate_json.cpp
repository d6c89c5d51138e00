// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/gate_formats.h"
#include "controller/results/safe_text.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

void make_valid(boost::json::value& value) {
  if (value.is_string()) {
    value = valid_utf8(std::string(value.get_string()));
  } else if (value.is_array()) {
    for (auto& item : value.get_array()) make_valid(item);
  } else if (value.is_object()) {
    for (auto& member : value.get_object()) make_valid(member.value());
  }
}

}  // namespace

std::string gate_json(const GateReport& report) {
  boost::json::value json = to_json(report);
  make_valid(json);
  return pretty(json);
}

Result<GateReport> read_gate_json(const std::string& text) {
  auto report = from_json<GateReport>(text);
  if (report && report->schema == GateReport{}.schema) return report;
  return scenario_error("not a gate's report: its schema is luolab.gate/v1 (luolab gate --json)");
}

}  // namespace luolab
