// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "controller/results/results.h"
#include "controller/results/rollout_words.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

constexpr std::size_t kColumns = 4;
constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestWhy = 24;
constexpr std::size_t kWhyLines = 2;
using Cells = std::array<std::string, kColumns>;

Cells cells_of(const RolloutRecord& rollout, const RolloutTarget& target) {
  return {fmt::format("{}{}", target.wave, rollout.canary && target.wave == 1 ? " canary" : ""),
          one_line(target.name), target_words(target),
          target.blackout ? format_duration(*target.blackout) : "-"};
}

/// All spared targets have the rollout's own reason, which stands above.
std::string why_of(const RolloutTarget& target) {
  return target.state == TargetState::spared ? "" : one_line(target.reason);
}

std::string row_text(const Cells& cells, const std::array<std::size_t, kColumns>& widths) {
  std::string line = "  ";
  for (std::size_t column = 0; column < kColumns; ++column)
    line += pad(cells[column], widths[column] + kGap);
  return line;
}

std::string target_rows(const RolloutRecord& rollout, const TerminalStyle& style) {
  const Cells headings{"wave", "target", "verdict", "blackout"};
  std::array<std::size_t, kColumns> widths{};
  std::vector<Cells> rows;
  for (const RolloutTarget& target : rollout.targets) rows.push_back(cells_of(rollout, target));
  for (std::size_t column = 0; column < kColumns; ++column) {
    widths[column] = headings[column].size();
    for (const Cells& row : rows)
      widths[column] = std::max(widths[column], text_width(row[column]));
  }
  std::string table = bold(row_text(headings, widths) + "why", style) + "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string line = row_text(rows[i], widths);
    const std::size_t indent = text_width(line);
    const auto width = static_cast<std::size_t>(std::max(style.width, 1));
    const std::size_t room = std::max(width, indent + kNarrowestWhy) - indent;
    line += join_indented(wrap(why_of(rollout.targets[i]), room, kWhyLines), indent);
    table += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return table;
}

}  // namespace

std::string rollout_table(const RunRecord& run, const TerminalStyle& style) {
  std::string table;
  for (const RolloutRecord& rollout : run.rollouts) {
    table +=
        bold(fmt::format("rollout of {}: {}", one_line(rollout.scenario), rollout_words(rollout)),
             style) +
        "\n" + target_rows(rollout, style);
    for (std::uint32_t wave = 1; wave <= rollout.waves; ++wave)
      table += fmt::format("  {}: {}\n", wave_title(rollout, wave),
                           figures_words(figures_of(rollout, wave)));
    table += fmt::format("  fleet: {}\n\n", figures_words(figures_of(rollout)));
  }
  return table;
}

}  // namespace luolab
