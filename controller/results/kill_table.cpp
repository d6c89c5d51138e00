// SPDX-License-Identifier: Apache-2.0
#include "controller/results/kill_table.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/report_json.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "luolab.mutants/v1";
constexpr std::size_t kGap = 2;
constexpr std::size_t kPromiseWidth = 9;
constexpr std::size_t kNarrowestKiller = 24;
constexpr std::size_t kKillerLines = 2;

std::string check_title(const Check& check) {
  return check.subject.empty() ? check.name : check.name + " of " + check.subject;
}

Killer killer_of(const JobRecord& job) {
  Killer killer{job.job.scenario, "verdict", reason_of(job)};
  if (!job.report) return killer;
  const auto& checks = job.report->checks;
  const auto failed = std::ranges::find(checks, Verdict::FAIL, &Check::verdict);
  if (failed != checks.end()) {
    killer.check = check_title(*failed);
    killer.detail = failed->detail;
  }
  return killer;
}

void add_job(const JobRecord& job, MutantResult& result) {
  const Verdict verdict = verdict_of(job);
  if (verdict == Verdict::FAIL) {
    result.killers.push_back(killer_of(job));
  } else if (verdict == Verdict::PASS) {
    result.passed.push_back(job.job.scenario);
  } else {
    result.undecided.push_back(
        fmt::format("{}: {}, {}", job.job.scenario, verdict_name(verdict), reason_of(job)));
  }
}

/// Who killed it; where nobody did, why that is so.
std::string outcome_words(const MutantResult& result) {
  if (!result.killed()) {
    const auto& undecided = result.undecided;
    return undecided.empty() ? "SURVIVED" : "SURVIVED; " + undecided.front();
  }
  const Killer& first = result.killers.front();
  std::string words = fmt::format("{}, {}: {}", first.scenario, first.check, first.detail);
  if (const std::size_t more = result.killers.size() - 1; more > 0) {
    words += fmt::format(" (and {} more)", more);
  }
  return one_line(words);
}

std::string mutant_lines(const MutantResult& result, std::size_t name_width,
                         const TerminalStyle& style) {
  const std::size_t column = name_width + kPromiseWidth;
  const auto width = static_cast<std::size_t>(std::max(style.width, 1));
  const std::size_t room = std::max(width, column + kNarrowestKiller) - column;
  const auto lines = wrap(outcome_words(result), room, kKillerLines);
  const Verdict verdict = result.killed() ? Verdict::PASS : Verdict::FAIL;
  return pad(result.mutant.name, name_width) +
         pad(std::to_string(result.mutant.promise), kPromiseWidth) +
         paint(join_indented(lines, column), verdict, style) + "\n";
}

std::size_t count_killed(std::span<const MutantResult> results) {
  return static_cast<std::size_t>(std::ranges::count_if(results, &MutantResult::killed));
}

json::object result_json(const MutantResult& result) {
  json::array killers;
  for (const Killer& killer : result.killers) {
    killers.push_back(json::object{
        {"scenario", killer.scenario}, {"check", killer.check}, {"detail", killer.detail}});
  }
  return {{"mutant", result.mutant.name},
          {"promise", result.mutant.promise},
          {"killed", result.killed()},
          {"killers", std::move(killers)},
          {"passed", json::array(result.passed.begin(), result.passed.end())},
          {"undecided", json::array(result.undecided.begin(), result.undecided.end())}};
}

}  // namespace

std::vector<MutantResult> mutant_results(std::span<const MutantEntry> mutants,
                                         const RunRecord& run) {
  std::vector<MutantResult> results;
  for (const MutantEntry& mutant : mutants) {
    MutantResult result{mutant, {}, {}, {}};
    for (const JobRecord& job : run.jobs) {
      const auto point = job.job.point.find(std::string(kMutantPoint));
      if (point != job.job.point.end() && point->second == mutant.name) add_job(job, result);
    }
    results.push_back(std::move(result));
  }
  return results;
}

std::string kill_table(std::span<const MutantResult> results, const RunRecord& run,
                       const TerminalStyle& style) {
  std::size_t name_width = std::string_view("mutant").size();
  for (const MutantResult& result : results) {
    name_width = std::max(name_width, text_width(result.mutant.name));
  }
  name_width += kGap;
  std::string table =
      bold(pad("mutant", name_width) + pad("promise", kPromiseWidth) + "killed by", style) + "\n";
  for (const MutantResult& result : results) table += mutant_lines(result, name_width, style);
  return table + fmt::format("\n{} of {} killed; results: luolab show {}\n", count_killed(results),
                             results.size(), id_text(run.id));
}

std::string kill_json(std::span<const MutantResult> results, const RunRecord& run) {
  json::array mutants;
  for (const MutantResult& result : results) mutants.push_back(result_json(result));
  const json::object document{{"schema", kSchema},
                              {"run", run.id.value},
                              {"killed", count_killed(results)},
                              {"mutants", std::move(mutants)}};
  return pretty(valid_json(document));
}

}  // namespace luolab
