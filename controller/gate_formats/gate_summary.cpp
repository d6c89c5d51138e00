// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"

namespace luolab {
namespace {

constexpr std::size_t kMostLines = 6;

Verdict color_of(GateAnswer answer) {
  switch (answer) {
    case GateAnswer::may_go_in:
      return Verdict::PASS;
    case GateAnswer::must_not:
    case GateAnswer::does_not_apply:
      return Verdict::FAIL;
    case GateAnswer::inconclusive:
      return Verdict::SKIP;
    case GateAnswer::lab_trouble:
      return Verdict::MISS;
  }
  return Verdict::MISS;
}

std::string indented(std::string_view text, std::size_t indent, const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(std::max(40, style.width)) - indent;
  return std::string(indent, ' ') + join_indented(wrap(one_line(text), width, kMostLines), indent) +
         '\n';
}

std::string test_lines(const GateTest& test, const TerminalStyle& style, const ShowMore& more) {
  std::string text = fmt::format(
      "{}  {}\n", paint(standing_words(test.standing), Verdict::FAIL, style), one_line(test.title));
  text += indented(test.reason, 4, style);
  if (!test.signature.empty()) text += indented("what failed: " + test.signature, 4, style);
  if (!test.broken.empty()) text += indented("users see: " + test.broken, 4, style);
  if (!test.candidate.empty()) text += indented(more(test.candidate.front().job), 4, style);
  return text;
}

std::string phase_table(const GateReport& report, const TerminalStyle& style) {
  std::string text;
  for (const GatePhase& phase : report.phases)
    text += indented(fmt::format("{}: {}", phase.scenario, phase.sentence), 0, style);
  return text;
}

std::string counts(const GateReport& report) {
  std::string text;
  for (const Standing standing :
       {Standing::holds, Standing::fixed, Standing::known_issue, Standing::broken_before,
        Standing::not_applicable, Standing::flaky, Standing::regression, Standing::unknown}) {
    const auto number = std::ranges::count(report.tests, standing, &GateTest::standing);
    if (number == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, standing_words(standing));
  }
  return text;
}

}  // namespace

std::string show_command(const std::string& id) { return "luolab show " + id; }

std::string gate_summary(const GateReport& report, const TerminalStyle& style,
                         const ShowMore& more) {
  std::string text = "\n";
  for (const GateTest& test : report.tests) {
    if (is_news(test)) text += test_lines(test, style, more);
  }
  text += phase_table(report, style);
  for (const GatePatch& patch : report.patches) {
    if (!patch.trouble.empty()) text += printable_block(patch.trouble) + '\n';
  }
  for (const std::string& note : report.notes) text += indented("note: " + note, 0, style);
  if (!report.left_out.empty())
    text += fmt::format("left out: {} tests (the report names them)\n", report.left_out.size());
  if (!report.tests.empty()) text += fmt::format("tests: {}\n", counts(report));
  text += fmt::format("{}: {}: ", one_line(report.title),
                      paint(outcome_words(report), color_of(report.answer), style));
  text += one_line(report.reason) + '\n';
  if (report.state != "done") return text;
  return text + fmt::format("gate {} took {}: {}\n", report.id, seconds_words(report.wall_seconds),
                            more(report.id));
}

}  // namespace luolab
