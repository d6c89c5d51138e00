// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

constexpr std::size_t kColumns = 6;
constexpr std::size_t kGap = 2;
constexpr std::size_t kWidestTitle = 48;
constexpr std::size_t kNarrowestWhy = 24;
constexpr std::size_t kWhyLines = 3;
constexpr std::size_t kOwnLineIndent = 9;

/// The columns before "why", in order.
using Cells = std::array<std::string, kColumns>;

constexpr std::array<std::string_view, kColumns> kHeadings{
    "verdict", "id", "job", "blackout", "slowest phase", "verified"};

Cells cells_of(const JobRecord& job) {
  const Phase* blackout = worst_blackout(job);
  const Phase* slowest = slowest_phase(job);
  const std::uint64_t verified = job.report ? job.report->bytes_verified : 0;
  return {std::string(verdict_name(verdict_of(job))),
          id_text(job.id),
          shorten(one_line(job.title), kWidestTitle),
          blackout ? format_duration(blackout->duration) : "-",
          slowest
              ? one_line(fmt::format("{} {}", slowest->name, format_duration(slowest->duration)))
              : "-",
          verified == 0 ? "-" : format_size_rounded(verified)};
}

/// Width of each column, and whether "why" has room beside them.
struct Layout {
  std::array<std::size_t, kColumns> widths{};
  std::size_t why_column = 0;
  std::size_t why_width = 0;
  bool why_on_own_line = false;
};

Layout lay_out(const std::vector<Cells>& rows, std::size_t width) {
  Layout layout;
  for (std::size_t column = 0; column < kColumns; ++column) {
    layout.widths[column] = kHeadings[column].size();
    for (const Cells& row : rows) {
      layout.widths[column] = std::max(layout.widths[column], text_width(row[column]));
    }
    layout.why_column += layout.widths[column] + kGap;
  }
  layout.why_on_own_line = layout.why_column + kNarrowestWhy > width;
  if (layout.why_on_own_line) layout.why_column = kOwnLineIndent;
  layout.why_width = std::max(width, layout.why_column + kNarrowestWhy) - layout.why_column;
  return layout;
}

std::string heading(const Layout& layout, const TerminalStyle& style) {
  std::string line;
  for (std::size_t column = 0; column < kColumns; ++column) {
    line += pad(kHeadings[column], layout.widths[column] + kGap);
  }
  if (!layout.why_on_own_line) line += "why";
  return bold(line.substr(0, line.find_last_not_of(' ') + 1), style) + "\n";
}

std::string job_lines(const JobRecord& job, const Cells& cells, const Layout& layout,
                      const TerminalStyle& style) {
  std::string line = paint(cells[0], verdict_of(job), style);
  std::size_t filled = text_width(cells[0]);
  std::size_t wanted = 0;
  for (std::size_t column = 1; column < kColumns; ++column) {
    wanted += layout.widths[column - 1] + kGap;
    line += std::string(wanted - filled, ' ') + cells[column];
    filled = wanted + text_width(cells[column]);
  }
  const auto why = wrap(one_line(reason_of(job)), layout.why_width, kWhyLines);
  if (why.empty()) return line + "\n";
  line += layout.why_on_own_line ? "\n" + std::string(layout.why_column, ' ')
                                 : std::string(layout.why_column - filled, ' ');
  return line + join_indented(why, layout.why_column) + "\n";
}

std::string summary_line(const RunRecord& run) {
  const std::string counts = run.jobs.empty() ? "no jobs" : counts_text(count_verdicts(run));
  const std::string time = run.finished
                               ? fmt::format(" in {}", format_duration(*run.finished - run.created))
                               : std::string(", still running");
  return fmt::format("{}{}; results: luolab show {}\n", counts, time, id_text(run.id));
}

}  // namespace

std::string verdict_table(const RunRecord& run, const TerminalStyle& style) {
  std::vector<Cells> rows;
  for (const JobRecord& job : run.jobs) rows.push_back(cells_of(job));
  const Layout layout = lay_out(rows, static_cast<std::size_t>(std::max(style.width, 1)));
  std::string table;
  if (!rows.empty()) table = heading(layout, style);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    table += job_lines(run.jobs[row], rows[row], layout, style);
  }
  if (!rows.empty()) table += "\n";
  return table + summary_line(run);
}

}  // namespace luolab
