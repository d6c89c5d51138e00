// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/results/safe_text.h"

namespace luolab {
namespace {

constexpr std::string_view kSpecial = "\\`*_{}[]<>()#+-.!|~&@";

/// One line of text that means itself.
std::string plain(std::string_view text) {
  std::string escaped;
  for (const char letter : one_line(text)) {
    if (kSpecial.find(letter) != std::string_view::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

/// A block that is shown as it is: its fence is longer than any row of backticks in it.
std::string block(std::string_view text) {
  const std::string shown = printable_block(text);
  std::size_t longest = 2;
  std::size_t row = 0;
  for (const char letter : shown) {
    row = letter == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}text\n{}\n{}\n", fence, shown, fence);
}

std::string mark(GateAnswer answer) {
  switch (answer) {
    case GateAnswer::may_go_in:
      return "\xe2\x9c\x85";  // U+2705
    case GateAnswer::must_not:
    case GateAnswer::does_not_apply:
      return "\xe2\x9d\x8c";  // U+274C
    case GateAnswer::inconclusive:
    case GateAnswer::lab_trouble:
      break;
  }
  return "\xe2\x9a\xa0";  // U+26A0
}

std::string test_section(const GateTest& test) {
  std::string text =
      fmt::format("### {}: {}\n\n", plain(test.title), standing_words(test.standing));
  if (!test.summary.empty()) text += plain(test.summary) + ".\n";
  text += fmt::format("{}. {}\n\n", plain(test.reason), plain(test.signature));
  if (!test.broken.empty()) text += fmt::format("What users see: {}\n\n", plain(test.broken));
  for (const GateEvidence& piece : test.evidence)
    text += fmt::format("{}:\n\n{}\n", plain(piece.source), block(piece.text));
  if (!test.reproduce.empty()) text += "To see it again:\n\n" + block(test.reproduce) + '\n';
  return text;
}

std::string phase_rows(const GateReport& report) {
  std::string text = "| phase | baseline | candidate | shift | outcome |\n|---|---|---|---|---|\n";
  for (const GatePhase& phase : report.phases) {
    const std::string interval = phase.has_interval
                                     ? fmt::format("{} \\({} to {}\\)", shift_words(phase.shift),
                                                   shift_words(phase.low), shift_words(phase.high))
                                     : shift_words(phase.shift);
    text += fmt::format("| {} | {} | {} | {} | {} |\n", plain(phase.phase),
                        seconds_words(phase.baseline_median), seconds_words(phase.candidate_median),
                        interval, boost::describe::enum_to_string(phase.outcome, ""));
  }
  return text + '\n';
}

std::string kernel_rows(const GateReport& report) {
  std::string text = "| | kernel | release | build id |\n|---|---|---|---|\n";
  for (const auto& [name, kernel] :
       {std::pair{"baseline", &report.baseline}, std::pair{"candidate", &report.candidate}}) {
    text += fmt::format("| {} | {} | {} | `{}` |\n", name, plain(kernel->title),
                        plain(kernel->release), one_line(kernel->build_id));
  }
  return text + '\n';
}

}  // namespace

std::string gate_markdown(const GateReport& report) {
  std::string text = fmt::format("## {} {}: {}\n\n{}\n\n", mark(report.answer), plain(report.title),
                                 outcome_words(report), plain(report.reason));
  for (const GatePatch& patch : report.patches) {
    if (!patch.trouble.empty())
      text += fmt::format("### {}\n\n{}\n", plain(patch.name), block(patch.trouble));
  }
  for (const GateTest& test : report.tests) {
    if (is_news(test)) text += test_section(test);
  }
  if (!report.phases.empty()) text += phase_rows(report);
  if (!report.tests.empty()) {
    const auto held = std::ranges::count(report.tests, Standing::holds, &GateTest::standing);
    text += fmt::format("{} of {} tests hold\\.\n\n", held, report.tests.size());
  }
  for (const LeftOut& left : report.left_out)
    text += fmt::format("- left out: {}: {}\n", plain(left.what), plain(left.why));
  for (const std::string& note : report.notes) text += fmt::format("- {}\n", plain(note));
  if (!report.left_out.empty() || !report.notes.empty()) text += '\n';
  return text + kernel_rows(report) +
         fmt::format("Suite {}, luolab {}, {}\\.\n", plain(report.suite), plain(report.lab.version),
                     plain(report.lab.accel));
}

}  // namespace luolab
