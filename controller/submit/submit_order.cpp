// SPDX-License-Identifier: Apache-2.0
#include "controller/submit/submit_order.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "scenarios/expand.h"
#include "scenarios/loader.h"
#include "scenarios/setting.h"

namespace luolab {
namespace {

constexpr std::string_view kArtifact = "artifact:";

void append(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
  std::ranges::move(more, std::back_inserter(all));
}

Diagnostic of_flag(std::string flag, std::string message) {
  return {.file = std::move(flag), .message = std::move(message)};
}

ExpandOptions read_options(const SubmitOrder& order, const Catalog& catalog,
                           std::vector<Diagnostic>& errors) {
  ExpandOptions options{.series = {},
                        .base = order.base.empty() ? std::nullopt : std::optional(order.base),
                        .fragments = order.fragments,
                        .repeat = order.repeat};
  for (const std::string& name : order.named_series) {
    auto series = catalog.series(name);
    if (series) {
      options.series.push_back(std::move(*series));
    } else {
      errors.push_back(of_flag("series", series.error().what));
    }
  }
  std::ranges::copy(order.series, std::back_inserter(options.series));
  for (const std::string& text : order.settings) {
    auto setting = parse_setting(text);
    if (setting) {
      options.settings.push_back(std::move(*setting));
    } else {
      errors.push_back(of_flag("set", setting.error().what));
    }
  }
  if (order.repeat && (*order.repeat < 1 || *order.repeat > 100'000))
    errors.push_back(of_flag("repeat", "must be within 1 to 100000"));
  if (order.priority < 0 || order.priority > 100)
    errors.push_back(of_flag("priority", fmt::format("{} is not within 0 to 100", order.priority)));
  if (order.confirm > 20)
    errors.push_back(of_flag("confirm", fmt::format("{} is not within 0 to 20", order.confirm)));
  return options;
}

/// A path means something on one machine only.
void check_bases(const Job& job, std::vector<Diagnostic>& errors) {
  for (const KernelSpec& kernel : job.kernels) {
    const BaseKind kind = kernel.base.kind;
    const bool local = kind == BaseKind::dir || kind == BaseKind::prebuilt ||
                       (kind != BaseKind::deb && kernel.base.location.starts_with('/'));
    if (!local) continue;
    errors.push_back({.file = job.scenario,
                      .path = "kernels",
                      .message = fmt::format(
                          "base \"{}\" is a path of one machine, which workers need not have; "
                          "name a base of the catalog and bring the patches along, or start "
                          "the controller with --allow-worker-paths",
                          kernel.base.name)});
    return;
  }
}

/// Names of files in a form are without folders (RFC 7578, 4.2), those in scenarios are paths.
std::map<std::string, std::string>::const_iterator find_file(const SubmitOrder& order,
                                                             const std::string& path) {
  const auto whole = order.files.find(path);
  if (whole != order.files.end()) return whole;
  return order.files.find(path.substr(path.rfind('/') + 1));
}

/// Programs of exec loads that were brought along are named by their digest from here on.
void place_files(Job& job, const SubmitOrder& order, const SubmitRules& rules,
                 std::vector<Diagnostic>& errors) {
  for (LoadSpec& load : job.load) {
    if (load.file.empty()) continue;
    const auto brought = find_file(order, load.file);
    if (brought != order.files.end()) {
      load.file = std::string(kArtifact) + brought->second;
    } else if (!rules.worker_paths) {
      errors.push_back(
          {.file = job.scenario,
           .path = "load",
           .message = fmt::format("the program \"{}\" was not brought along; submit it "
                                  "with the scenario (luolab submit does)",
                                  load.file)});
    }
  }
}

void unique(std::vector<Diagnostic>& errors) {
  std::vector<Diagnostic> seen;
  for (Diagnostic& error : errors) {
    if (std::ranges::find(seen, error) == seen.end()) seen.push_back(std::move(error));
  }
  errors = std::move(seen);
}

}  // namespace

ExpandedOrder expand_order(const SubmitOrder& order, const Catalog& catalog,
                           const SubmitRules& rules) {
  ExpandedOrder result;
  const ExpandOptions options = read_options(order, catalog, result.errors);
  LoadResult loaded = load_documents(order.documents, &catalog);
  append(result.errors, std::move(loaded.errors));
  for (const Scenario& scenario : loaded.scenarios) {
    ExpandResult expanded = expand(scenario, catalog, options);
    append(result.errors, std::move(expanded.errors));
    if (expanded.rollout) result.rollouts.push_back(std::move(*expanded.rollout));
    std::ranges::move(expanded.jobs, std::back_inserter(result.jobs));
  }
  for (Job& job : result.jobs) {
    if (!rules.worker_paths) check_bases(job, result.errors);
    place_files(job, order, rules, result.errors);
    if (order.fork_never) job.fork = Fork::never;
  }
  if (result.errors.empty() && result.jobs.empty())
    result.errors.push_back({.message = "there is no scenario in it"});
  unique(result.errors);
  if (!result.errors.empty()) result.jobs.clear();
  return result;
}

Submission make_submission(const SubmitOrder& order, const ExpandedOrder& expanded,
                           const std::string& submitter) {
  const std::vector<Job>& jobs = expanded.jobs;
  Submission submission;
  std::string text;
  for (const ScenarioDocument& document : order.documents)
    text += (text.empty() ? "" : "---\n") + document.text;
  const std::string& first = jobs.front().scenario;
  std::string title = jobs.back().scenario == first ? first : first + ", ...";
  submission.run = {.title = order.title.empty() ? std::move(title) : order.title,
                    .source_text = std::move(text),
                    .submitter = submitter,
                    .command_line = order.command_line,
                    .priority = order.priority,
                    .confirm = order.confirm,
                    .series_key = order.series_key,
                    .revision = order.revision,
                    .rollouts = expanded.rollouts};
  for (const Job& job : jobs) submission.jobs.push_back(new_job(job, needs_of(job)));
  return submission;
}

}  // namespace luolab
