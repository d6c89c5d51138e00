// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/local_bench.h"
#include "cli/result_file.h"
#include "cli/series_argument.h"
#include "controller/gate/base_commit.h"
#include "controller/gate/suite_files.h"
#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/gate_formats/reproduce_script.h"
#include "core/base/file.h"
#include "core/base/quantity.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

struct GateFlags {
  std::string base;
  std::vector<std::string> series;
  std::vector<std::string> fragments;
  std::string suite = "quick";
  std::string budget;
  double matters_percent = 5;
  bool no_latency = false;
  std::string title, origin;
  std::string json, junit, ktap, kcidb, markdown, mail, patchwork;
  std::string url;        ///< where the report can be read, for patchwork
  std::string reproduce;  ///< a folder
  std::string kcidb_origin = "luolab";
  bool github = false;
  LocalRunFlags local;
};

/// What the flags ask for; what is wrong goes to `errors`.
GateOrder read_order(const GateFlags& flags, const Places& places, const Catalog& catalog,
                     std::vector<std::string>& errors) {
  GateOrder order;
  order.base = flags.base;
  order.fragments = flags.fragments;
  order.matters = flags.matters_percent / 100;
  order.latency = !flags.no_latency;
  order.title = flags.title;
  order.origin = flags.origin;
  order.command = flags.local.command_line;
  for (const std::string& argument : flags.series) {
    auto series = find_series(catalog, argument);
    if (series) {
      order.series.push_back(std::move(*series));
    } else {
      errors.push_back("--series: " + series.error().what);
    }
  }
  if (!flags.budget.empty()) {
    const auto budget = parse_duration(flags.budget);
    if (budget) {
      order.budget = *budget;
    } else {
      errors.push_back(fmt::format("--budget: \"{}\" is no duration (try 10m)", flags.budget));
    }
  }
  auto suite = read_suite(places.data, flags.suite);
  if (suite) {
    order.suite = suite->name;
    order.documents = std::move(suite->documents);
  } else {
    errors.push_back("--suite: " + suite.error().what);
  }
  if (const auto honoured = honour_base_commit(order); !honoured)
    errors.push_back("--base: " + honoured.error().what);
  return order;
}

/// What GitHub shows on the workflow's page: annotations, and the report as its summary.
void tell_github(const GateReport& report) {
  std::cout << gate_github(report);
  if (const char* file = std::getenv("GITHUB_STEP_SUMMARY"); file != nullptr && *file != '\0')
    std::ofstream(file, std::ios::app) << gate_markdown(report);
}

/// A script for each test that speaks against the series, named by its title.
void write_scripts(const std::string& folder, const GateReport& report, const GateSuite& suite,
                   const GateOrder& order) {
  for (const GateTest& test : report.tests) {
    if (!is_news(test)) continue;
    const auto found = std::ranges::find(suite.cases, test.title, &GateCase::title);
    const auto document = std::ranges::find(order.documents, test.file, &GateDocument::file);
    if (found == suite.cases.end() || document == order.documents.end()) continue;
    std::string name = test.title;
    for (char& letter : name) {
      if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-') letter = '-';
    }
    const auto file = std::filesystem::path(folder) / ("reproduce-" + name + ".sh");
    std::filesystem::create_directories(folder);
    write_file_atomically(
        file, reproduce_script(found->candidate, document->text, order.base, order.series));
    std::filesystem::permissions(file, std::filesystem::perms::owner_exec,
                                 std::filesystem::perm_options::add);
  }
}

void write_report(const GateReport& report, const GateFlags& flags) {
  if (!flags.json.empty()) write_result(flags.json, gate_json(report));
  if (!flags.junit.empty()) write_result(flags.junit, gate_junit(report));
  if (!flags.ktap.empty()) write_result(flags.ktap, gate_ktap(report));
  if (!flags.kcidb.empty()) write_result(flags.kcidb, gate_kcidb(report, flags.kcidb_origin));
  if (!flags.markdown.empty()) write_result(flags.markdown, gate_markdown(report));
  if (!flags.mail.empty()) write_result(flags.mail, gate_mail(report));
  if (!flags.patchwork.empty()) write_result(flags.patchwork, gate_patchwork(report, flags.url));
  if (flags.github) tell_github(report);
}

void complain(const std::vector<std::string>& errors) {
  for (const std::string& error : errors) std::cerr << error << '\n';
}

int run_gate(const Places& places, const GateFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  std::vector<std::string> errors;
  GateOrder order = read_order(flags, places, *catalog, errors);
  if (!errors.empty()) {
    complain(errors);
    return kExitUsage;
  }
  GateSuite suite = expand_suite(order, *catalog);
  if (!suite.errors.empty() || suite.cases.empty()) {
    std::cerr << to_string(suite.errors);
    if (suite.errors.empty())
      std::cerr << "--suite: none of its scenarios has a kernel that takes the series\n";
    return kExitUsage;
  }
  auto store = Store::open(store_file(places.state));
  if (!store) {
    std::cerr << store.error().what << '\n';
    return kExitLab;
  }
  store->recover();
  const std::string title = order.title.empty() ? order.series.front().name : order.title;
  const GateId id = store->add_gate({.title = title,
                                     .submitter = login_name(),
                                     .order_json = boost::json::serialize(to_json(order)),
                                     .report_json = "{}"});
  LocalBench bench(*store, id, places, *catalog, flags.local);
  Gate gate(order, suite, id_text(id), bench);
  asio::io_context io;
  const std::optional<GateReport> report = run_until_interrupted(io, gate.run());
  if (!report) {
    store->save_gate(id, {GateState::canceled, {}, "interrupted", {}, "{}"});
    std::cerr << "Interrupted. What had ended is kept: luolab list\n";
    return kExitInterrupted;
  }
  std::cerr << gate_summary(*report, terminal_style(STDERR_FILENO));
  write_report(*report, flags);
  if (!flags.reproduce.empty()) write_scripts(flags.reproduce, *report, suite, order);
  return gate_exit_code(report->answer);
}

}  // namespace

void add_gate_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<GateFlags>();
  CLI::App* command =
      root.add_subcommand("gate", "May this patch series go in? Compares it with its base");
  command
      ->add_option("--series", flags->series,
                   "What may go in, or not: a patch, mbox, folder, or git:DIR:RANGE")
      ->required();
  command->add_option("--base", flags->base,
                      "In place of the suite's; git:PATH takes the series' base-commit");
  command->add_option("--fragment", flags->fragments, "Kernel configuration added to both kernels");
  command
      ->add_option("--suite", flags->suite,
                   "quick, full, a .suite file, a scenario, or a folder of them")
      ->capture_default_str();
  command->add_option("--budget", flags->budget,
                      "About so long (10m): picks what says most about the series");
  command
      ->add_option("--matters", flags->matters_percent,
                   "The smallest change of a phase that matters, in percent")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  command->add_flag("--no-latency", flags->no_latency, "Only whether it is correct");
  command->add_option("--slots", flags->local.slots, "So many jobs at a time; latency one by one")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--title", flags->title, "In place of the series' name");
  command->add_option("--origin", flags->origin, "Message id or URL of the series, for reports");
  command->add_option("--json", flags->json, "Write the report as JSON (- is standard output)");
  command->add_option("--junit", flags->junit, "Write it as JUnit XML");
  command->add_option("--ktap", flags->ktap, "Write it as KTAP");
  command->add_option("--kcidb", flags->kcidb, "Write it as KCIDB JSON, schema v5.3");
  command->add_option("--kcidb-origin", flags->kcidb_origin, "Name of this lab there")
      ->check(CLI::Validator(
          [](const std::string& name) {
            const bool fits =
                !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                                     std::string::npos;
            return fits ? std::string() : std::string("an origin is made of a-z, 0-9 and _");
          },
          "NAME"))
      ->capture_default_str();
  command->add_option("--markdown", flags->markdown, "Write it as Markdown");
  command->add_option("--mail", flags->mail, "Write it as plain text of 76 columns");
  command->add_option("--patchwork", flags->patchwork, "Write the body of a patchwork check");
  command->add_option("--url", flags->url, "Where the report can be read, for patchwork");
  command->add_option("--reproduce", flags->reproduce,
                      "Write a script for each failure into this folder");
  command->add_flag("--github", flags->github,
                    "Annotations on standard output, and the workflow's step summary");
  command->callback([flags, &context] {
    flags->local.command_line = context.command_line;
    context.exit_code = run_gate(context.places(), *flags);
  });
}

}  // namespace luolab
