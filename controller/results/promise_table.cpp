// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "core/protocol/contract.h"

namespace luolab {
namespace {

constexpr std::size_t kWordWidth = 13;
constexpr std::size_t kTitleWidth = 54;
constexpr std::size_t kIndent = 17;

/// What the jobs that cover one promise came to.
struct Standing {
  Verdict verdict = Verdict::SKIP;
  std::set<std::string> scenarios;
  const JobRecord* worst = nullptr;
};

/// The later one outweighs.
std::size_t weight(Verdict verdict) {
  constexpr std::array kOrder{Verdict::SKIP, Verdict::DONE,  Verdict::PASS, Verdict::XFAIL,
                              Verdict::MISS, Verdict::ERROR, Verdict::FAIL};
  return static_cast<std::size_t>(std::ranges::find(kOrder, verdict) - kOrder.begin());
}

std::string_view in_a_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::PASS:
      return "kept";
    case Verdict::FAIL:
      return "BROKEN";
    case Verdict::XFAIL:
      return "known issue";
    default:
      return "not shown";
  }
}

std::map<std::uint32_t, Standing> standings(const RunRecord& run) {
  std::map<std::uint32_t, Standing> all;
  for (const JobRecord& job : run.jobs) {
    for (const std::uint32_t promise : job.job.promises) {
      Standing& standing = all[promise];
      standing.scenarios.insert(one_line(job.job.scenario));
      const Verdict verdict = verdict_of(job);
      if (standing.worst != nullptr && weight(verdict) <= weight(standing.verdict)) continue;
      standing.verdict = verdict;
      standing.worst = &job;
    }
  }
  return all;
}

std::string below(const std::string& label, const std::string& text, std::size_t width) {
  if (text.empty()) return {};
  const auto lines = wrap(one_line(label + text), width - std::min(width - 20, kIndent), 4);
  return std::string(kIndent, ' ') + join_indented(lines, kIndent) + "\n";
}

std::string row(std::uint32_t promise, const Standing& standing, const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 60));
  const std::string word(in_a_word(standing.verdict));
  std::string line = paint(word, standing.verdict, style) +
                     std::string(kWordWidth - std::min(kWordWidth, word.size()), ' ');
  line += fmt::format("{:>2}  {}", promise, pad(contract_title(promise), kTitleWidth));
  line += shorten(fmt::format("{}", fmt::join(standing.scenarios, ", ")),
                  width > 100 ? width - kIndent - kTitleWidth : 28) +
          "\n";
  if (standing.verdict == Verdict::PASS) return line;
  line += below(std::string(verdict_name(standing.verdict)) + " " + standing.worst->title + ": ",
                reason_of(*standing.worst), width);
  if (standing.verdict == Verdict::FAIL) {
    line += below("a user would see: ", standing.worst->job.broken, width);
    line += below("promised in: ", standing.worst->job.source, width);
  }
  return line;
}

}  // namespace

std::string promise_table(const RunRecord& run, const TerminalStyle& style) {
  const auto all = standings(run);
  if (all.empty()) return {};
  std::string table = "\n" + bold("the contract, promise by promise", style) + "\n";
  for (const auto& [promise, standing] : all) table += row(promise, standing, style);
  const auto kept = std::ranges::count_if(
      all, [](const auto& entry) { return entry.second.verdict == Verdict::PASS; });
  return table + fmt::format("{} of {} promises kept; the contract has {} (docs/contract.md)\n\n",
                             kept, all.size(), kContractItems);
}

}  // namespace luolab
