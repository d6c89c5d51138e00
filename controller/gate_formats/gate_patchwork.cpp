// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestDescription = 255;

std::string_view state_of(const GateReport& report) {
  if (report.state != "done") return "pending";
  switch (report.answer) {
    case GateAnswer::may_go_in:
      return "success";
    case GateAnswer::must_not:
    case GateAnswer::does_not_apply:
      return "fail";
    case GateAnswer::inconclusive:
    case GateAnswer::lab_trouble:
      return "warning";
  }
  return "warning";
}

}  // namespace

std::string gate_patchwork(const GateReport& report, const std::string& url) {
  boost::json::object check{{"state", state_of(report)}, {"context", "luolab"}};
  if (!url.empty()) check["target_url"] = url;
  check["description"] = shorten(
      one_line(std::string(outcome_words(report)) + ": " + report.reason), kLongestDescription);
  return boost::json::serialize(check) + '\n';
}

}  // namespace luolab
