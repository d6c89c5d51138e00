// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/results/safe_text.h"

namespace luolab {
namespace {

/// As workflow commands want it; properties are split at commas and colons as well.
std::string escaped(std::string_view text, bool is_property) {
  std::string result;
  for (const char letter : printable_block(text)) {
    if (letter == '%') {
      result += "%25";
    } else if (letter == '\n') {
      result += "%0A";
    } else if (is_property && letter == ':') {
      result += "%3A";
    } else if (is_property && letter == ',') {
      result += "%2C";
    } else {
      result += letter;
    }
  }
  return result;
}

std::string annotation(std::string_view level, std::string_view title, std::string_view text) {
  return fmt::format("::{} title={}::{}\n", level, escaped(title, true), escaped(text, false));
}

std::string_view level_of(GateAnswer answer) {
  switch (answer) {
    case GateAnswer::may_go_in:
      return "notice";
    case GateAnswer::must_not:
    case GateAnswer::does_not_apply:
      return "error";
    case GateAnswer::inconclusive:
    case GateAnswer::lab_trouble:
      return "warning";
  }
  return "warning";
}

}  // namespace

std::string gate_github(const GateReport& report) {
  std::string text = annotation(level_of(report.answer),
                                fmt::format("luolab: {}", outcome_words(report)), report.reason);
  for (const GateTest& test : report.tests) {
    if (!is_news(test)) continue;
    text += annotation(test.standing == Standing::regression ? "error" : "warning",
                       fmt::format("{}: {}", test.title, standing_words(test.standing)),
                       test.reason + (test.signature.empty() ? "" : "\n" + test.signature));
  }
  for (const GatePhase& phase : report.phases) {
    if (phase.outcome == PhaseOutcome::slower)
      text += annotation("error", phase.phase + " is slower", phase.sentence);
  }
  return text;
}

}  // namespace luolab
