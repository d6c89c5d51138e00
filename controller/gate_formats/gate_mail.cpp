// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <sstream>

#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"

namespace luolab {
namespace {

constexpr std::size_t kColumns = 76;

/// A paragraph, broken between words.
std::string paragraph(std::string_view text, std::size_t indent = 0) {
  std::string lines;
  for (const std::string& line :
       wrap(one_line(text), kColumns - indent, std::numeric_limits<std::size_t>::max()))
    lines += std::string(indent, ' ') + line + '\n';
  return lines;
}

/// Lines as they are, but for those that are too long.
std::string quoted(std::string_view text, std::size_t indent) {
  std::string lines;
  std::istringstream block(printable_block(text));
  for (std::string line; std::getline(block, line);) {
    std::replace(line.begin(), line.end(), '\t', ' ');
    lines += std::string(indent, ' ') + shorten(line, kColumns - indent) + '\n';
  }
  return lines;
}

std::string field(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  constexpr std::size_t kName = 14;
  const auto lines =
      wrap(one_line(value), kColumns - kName, std::numeric_limits<std::size_t>::max());
  return fmt::format("{:<{}}{}\n", std::string(name) + ":", kName, join_indented(lines, kName));
}

std::string kernel_fields(std::string_view name, const GateKernel& kernel) {
  std::string text = field(name, kernel.title);
  text += field("  release", kernel.release);
  text += field("  source", kernel.base_version);
  text += field("  build id", kernel.build_id);
  return text + field("  compiler", kernel.compiler);
}

/// A command may be longer than a line: the shell is told that it goes on.
std::string command(std::string_view text) {
  const auto lines = wrap(one_line(text), kColumns - 8, std::numeric_limits<std::size_t>::max());
  std::string shown;
  for (std::size_t i = 0; i < lines.size(); ++i)
    shown += fmt::format("{}{}{}\n", i == 0 ? "  $ " : "      ", lines[i],
                         i + 1 < lines.size() ? " \\" : "");
  return shown;
}

std::string test_part(const GateTest& test) {
  std::string text = paragraph(fmt::format("{}: {}", test.title, standing_words(test.standing)));
  if (!test.summary.empty()) text += paragraph(test.summary, 2);
  text += paragraph(test.reason, 2);
  if (!test.signature.empty()) text += paragraph("what failed: " + test.signature, 2);
  if (!test.broken.empty()) text += paragraph("users see: " + test.broken, 2);
  for (const GateEvidence& piece : test.evidence)
    text += '\n' + paragraph(piece.source + ":", 2) + quoted(piece.text, 4);
  if (!test.reproduce.empty()) text += "\n  To see it again:\n" + command(test.reproduce);
  return text + '\n';
}

}  // namespace

std::string gate_mail(const GateReport& report) {
  std::string text = paragraph(fmt::format("{}: {}", report.title, outcome_words(report)));
  text += '\n' + paragraph(report.reason) + '\n';
  for (const GatePatch& patch : report.patches) {
    if (!patch.trouble.empty())
      text += paragraph(patch.name + ":") + quoted(patch.trouble, 4) + '\n';
  }
  for (const GateTest& test : report.tests) {
    if (is_news(test)) text += test_part(test);
  }
  for (const GatePhase& phase : report.phases)
    text += paragraph(phase.scenario + ": " + phase.sentence);
  if (!report.phases.empty()) text += '\n';
  if (!report.left_out.empty()) text += "Left out:\n";
  for (const LeftOut& left : report.left_out)
    text += paragraph(fmt::format("{}: {}", left.what, left.why), 2);
  for (const std::string& note : report.notes) text += paragraph("Note: " + note);
  text += fmt::format("{}-- \n", text.ends_with("\n\n") ? "" : "\n");
  text += kernel_fields("baseline", report.baseline) + kernel_fields("candidate", report.candidate);
  std::string machines;
  for (const std::string& worker : report.lab.workers)
    machines += (machines.empty() ? "" : ", ") + worker;
  text += field("lab",
                fmt::format("luolab {}, {}, {}", report.lab.version, machines, report.lab.accel));
  text += field("processor", report.lab.cpu) + field("suite", report.suite);
  text += field("time", report.started + " to " + report.finished);
  if (!report.command.empty()) text += "To ask again:\n" + command(report.command);
  return text;
}

}  // namespace luolab
