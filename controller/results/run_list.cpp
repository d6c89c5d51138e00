// SPDX-License-Identifier: Apache-2.0
#include "controller/results/run_list.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/report_json.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "core/base/quantity.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::size_t kIdWidth = 6;
constexpr std::size_t kTimeWidth = 22;
constexpr std::size_t kTookWidth = 14;
constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestTitle = 16;

std::string took(const RunSummary& run) {
  return run.finished ? format_duration(*run.finished - run.created) : "running";
}

/// The verdict that counts most: it colours the line.
Verdict worst(const RunSummary& run) {
  for (const Verdict verdict : {Verdict::FAIL, Verdict::ERROR, Verdict::MISS, Verdict::XFAIL,
                                Verdict::PASS, Verdict::DONE}) {
    if (run.verdicts.contains(verdict)) return verdict;
  }
  return Verdict::SKIP;
}

std::string verdicts(const RunSummary& run) {
  return run.verdicts.empty() ? fmt::format("{} jobs open", run.jobs) : counts_text(run.verdicts);
}

std::size_t verdicts_width(std::span<const RunSummary> runs) {
  std::size_t width = std::string_view("verdicts").size();
  for (const RunSummary& run : runs) width = std::max(width, verdicts(run).size());
  return width + kGap;
}

std::string run_line(const RunSummary& run, std::size_t counts_width, const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 1));
  const std::size_t taken = kIdWidth + kTimeWidth + kTookWidth + counts_width;
  const std::size_t title_width = std::max(kNarrowestTitle, width - std::min(width, taken));
  const std::string counts = verdicts(run);
  return fmt::format(
      "{}{}{}{}{}{}\n", pad(id_text(run.id), kIdWidth), pad(time_text(run.created), kTimeWidth),
      pad(took(run), kTookWidth), paint(counts, worst(run), style),
      std::string(counts_width - counts.size(), ' '), shorten(one_line(run.title), title_width));
}

json::object run_json(const RunSummary& run) {
  json::object counts;
  for (const auto& [verdict, count] : run.verdicts) counts[verdict_name(verdict)] = count;
  json::object object{{"id", run.id.value},
                      {"title", run.title},
                      {"submitter", run.submitter},
                      {"state", state_name(run.state)},
                      {"created", time_text(run.created)},
                      {"jobs", run.jobs},
                      {"counts", counts}};
  if (run.finished) {
    object["finished"] = time_text(*run.finished);
    object["wall_ns"] = (*run.finished - run.created).count();
  }
  return object;
}

}  // namespace

std::string run_list(std::span<const RunSummary> runs, const TerminalStyle& style) {
  if (runs.empty()) {
    return "Nothing has been run yet. Begin with: luolab run scenarios/quickstart.yaml\n";
  }
  const std::size_t counts_width = verdicts_width(runs);
  std::string text =
      bold(fmt::format("{}{}{}{}title", pad("run", kIdWidth), pad("started", kTimeWidth),
                       pad("took", kTookWidth), pad("verdicts", counts_width)),
           style) +
      "\n";
  for (const RunSummary& run : runs) text += run_line(run, counts_width, style);
  return text;
}

std::string run_list_json(std::span<const RunSummary> runs) {
  json::array list;
  for (const RunSummary& run : runs) list.push_back(run_json(run));
  return pretty(valid_json(json::object{{"schema", "luolab.list/v1"}, {"runs", std::move(list)}}));
}

}  // namespace luolab
