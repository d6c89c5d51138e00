// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/scenario_text.h"
#include "core/protocol/json.h"
#include "kernel-patches/catalog.h"
#include "scenarios/expand.h"
#include "scenarios/loader.h"

namespace luolab {
namespace {

struct LintOptions {
  std::vector<std::string> files;
  bool json = false;
};

struct LintResult {
  std::vector<Scenario> scenarios;
  std::size_t jobs = 0;
  std::vector<Diagnostic> errors;
};

class Linter {
 public:
  explicit Linter(const Catalog& catalog) : catalog_(catalog) {}

  void file(const std::string& file) {
    const auto text = scenario_text(file);
    if (!text) return result_.errors.push_back({"", 0, 0, "", text.error().what});
    LoadResult loaded = load_scenarios(*text, scenario_name(file), &catalog_);
    append(std::move(loaded.errors));
    for (Scenario& scenario : loaded.scenarios) {
      ExpandResult expanded = expand(scenario, catalog_);
      append(std::move(expanded.errors));
      result_.jobs += expanded.jobs.size();
      result_.scenarios.push_back(std::move(scenario));
    }
  }

  LintResult finish() {
    append(duplicate_names(result_.scenarios));
    return std::move(result_);
  }

 private:
  void append(std::vector<Diagnostic> errors) {
    std::move(errors.begin(), errors.end(), std::back_inserter(result_.errors));
  }

  const Catalog& catalog_;
  LintResult result_;
};

boost::json::object json_of(const Diagnostic& error) {
  return {{"file", error.file},
          {"line", error.line},
          {"column", error.column},
          {"path", error.path},
          {"message", error.message}};
}

void print_json(const LintResult& result) {
  boost::json::array errors;
  for (const Diagnostic& error : result.errors) errors.push_back(json_of(error));
  std::cout << pretty(boost::json::object{{"schema", "luolab.lint/v1"},
                                          {"scenarios", result.scenarios.size()},
                                          {"jobs", result.jobs},
                                          {"errors", std::move(errors)}});
}

void print_words(const LintResult& result) {
  std::cerr << to_string(result.errors);
  if (result.errors.empty()) {
    std::cerr << fmt::format("{} scenario{}, {} job{}: ok\n", result.scenarios.size(),
                             result.scenarios.size() == 1 ? "" : "s", result.jobs,
                             result.jobs == 1 ? "" : "s");
  }
}

int lint(const CommandContext& context, const LintOptions& options) {
  const auto catalog = Catalog::load(context.places().data);
  if (!catalog) {
    std::cerr << "luolab lint: " << catalog.error().what << "\n";
    return kExitUsage;
  }
  Linter linter(*catalog);
  for (const std::string& file : scenario_files(options.files)) linter.file(file);
  const LintResult result = linter.finish();
  print_words(result);
  if (options.json) print_json(result);
  return result.errors.empty() ? kExitPass : kExitUsage;
}

}  // namespace

void add_lint_command(CLI::App& root, CommandContext& context) {
  CLI::App* command = root.add_subcommand("lint", "Check scenarios; all errors at once");
  const auto options = std::make_shared<LintOptions>();
  command
      ->add_option("FILE", options->files,
                   "Scenario files, folders of them, or - for standard input")
      ->required();
  command->add_flag("--json", options->json, "Print the result as JSON (luolab.lint/v1)");
  command->callback([&context, options] { context.exit_code = lint(context, *options); });
}

}  // namespace luolab
