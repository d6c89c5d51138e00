// SPDX-License-Identifier: Apache-2.0
#include "cli/job_list.h"

#include <iostream>
#include <iterator>

#include "cli/scenario_text.h"
#include "cli/series_argument.h"
#include "scenarios/loader.h"

namespace luolab {
namespace {

/// Reads the options whose values are files or have a form of their own; what is wrong goes to
/// `errors`.
ExpandOptions read_options(const JobFlags& flags, const Catalog& catalog,
                           std::vector<std::string>& errors) {
  ExpandOptions options{.base = flags.base, .fragments = flags.fragments, .repeat = flags.repeat};
  for (const std::string& argument : flags.series) {
    auto series = find_series(catalog, argument);
    if (series) {
      options.series.push_back(std::move(*series));
    } else {
      errors.push_back("--series: " + series.error().what);
    }
  }
  options.series.insert(options.series.end(), flags.brought.begin(), flags.brought.end());
  for (const std::string& argument : flags.settings) {
    auto setting = parse_setting(argument);
    if (setting) {
      options.settings.push_back(std::move(*setting));
    } else {
      errors.push_back("--set: " + setting.error().what);
    }
  }
  return options;
}

std::vector<std::string> as_lines(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(to_string(diagnostic));
  return lines;
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::optional<JobList> read_jobs(const JobFlags& flags, const Catalog& catalog) {
  JobList list;
  std::vector<std::string> errors;
  std::vector<ScenarioDocument> documents;
  const ExpandOptions options = read_options(flags, catalog, errors);
  for (const std::string& file : scenario_files(flags.files)) {
    const auto text = scenario_text(file);
    if (!text) {
      errors.push_back(text.error().what);
      continue;
    }
    documents.push_back({scenario_name(file), *text});
    list.source_text += (list.source_text.empty() ? "" : "---\n") + *text;
    list.files.push_back(file);
  }
  LoadResult loaded = load_documents(documents, &catalog);
  append(errors, as_lines(loaded.errors));
  for (const Scenario& scenario : loaded.scenarios) {
    ExpandResult expanded = expand(scenario, catalog, options);
    append(errors, as_lines(expanded.errors));
    if (expanded.rollout && !flags.on.empty())
      errors.push_back("--on: the rollout of scenario " + scenario.name +
                       " names its targets (leave --on out)");
    if (expanded.rollout) list.rollouts.push_back(std::move(*expanded.rollout));
    std::ranges::move(expanded.jobs, std::back_inserter(list.jobs));
  }
  if (errors.empty() && list.jobs.empty())
    errors.emplace_back("no scenario found: name a .yaml file or a folder of them");
  for (const std::string& error : errors) std::cerr << error << '\n';
  if (!errors.empty()) return {};
  for (Job& job : list.jobs) {
    if (flags.on.empty()) break;
    job.target.driver = "ssh";
    job.target.name = flags.on;
  }
  return list;
}

}  // namespace luolab
