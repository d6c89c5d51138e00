// SPDX-License-Identifier: Apache-2.0
#include "cli/gate_outputs.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/result_file.h"
#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/gate_formats/reproduce_script.h"
#include "core/base/file.h"

namespace luolab {
namespace {

std::string file_name_of(std::string title) {
  for (char& letter : title) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-') letter = '-';
  }
  return title;
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
    const auto document = std::ranges::find(order.documents, test.file, &ScenarioDocument::name);
    if (found == suite.cases.end() || document == order.documents.end()) continue;
    const auto file =
        std::filesystem::path(folder) / ("reproduce-" + file_name_of(test.title) + ".sh");
    std::filesystem::create_directories(folder);
    write_file_atomically(
        file, reproduce_script(found->candidate, document->text, order.base, order.series));
    std::filesystem::permissions(file, std::filesystem::perms::owner_exec,
                                 std::filesystem::perm_options::add);
  }
}

void write_report(const GateReport& report, const GateOutputs& outputs) {
  if (!outputs.json.empty()) write_result(outputs.json, gate_json(report));
  if (!outputs.junit.empty()) write_result(outputs.junit, gate_junit(report));
  if (!outputs.ktap.empty()) write_result(outputs.ktap, gate_ktap(report));
  if (!outputs.kcidb.empty()) write_result(outputs.kcidb, gate_kcidb(report, outputs.kcidb_origin));
  if (!outputs.markdown.empty()) write_result(outputs.markdown, gate_markdown(report));
  if (!outputs.mail.empty()) write_result(outputs.mail, gate_mail(report));
  if (!outputs.patchwork.empty())
    write_result(outputs.patchwork, gate_patchwork(report, outputs.url));
  if (outputs.github) tell_github(report);
}

}  // namespace

void write_gate(const GateReport& report, const GateSuite& suite, const GateOrder& order,
                const GateOutputs& outputs) {
  write_report(report, outputs);
  if (!outputs.reproduce.empty()) write_scripts(outputs.reproduce, report, suite, order);
}

void add_gate_outputs(CLI::App& command, GateOutputs& outputs) {
  command.add_option("--json", outputs.json, "Write the report as JSON (- is standard output)");
  command.add_option("--junit", outputs.junit, "Write it as JUnit XML");
  command.add_option("--ktap", outputs.ktap, "Write it as KTAP");
  command.add_option("--kcidb", outputs.kcidb, "Write it as KCIDB JSON, schema v5.3");
  command.add_option("--kcidb-origin", outputs.kcidb_origin, "Name of this lab there")
      ->check(CLI::Validator(
          [](const std::string& name) {
            const bool fits =
                !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                                     std::string::npos;
            return fits ? std::string() : std::string("an origin is made of a-z, 0-9 and _");
          },
          "NAME"))
      ->capture_default_str();
  command.add_option("--markdown", outputs.markdown, "Write it as Markdown");
  command.add_option("--mail", outputs.mail, "Write it as plain text of 76 columns");
  command.add_option("--patchwork", outputs.patchwork, "Write the body of a patchwork check");
  command.add_option("--url", outputs.url, "Where the report can be read, for patchwork");
  command.add_option("--reproduce", outputs.reproduce,
                     "Write a script for each failure into this folder");
  command.add_flag("--github", outputs.github,
                   "Annotations on standard output, and the workflow's step summary");
}

}  // namespace luolab
