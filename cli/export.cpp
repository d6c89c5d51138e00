// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <iostream>
#include <memory>
#include <system_error>

#include <boost/describe/enum_from_string.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/state_store.h"
#include "cli/stored_gate.h"
#include "controller/gate_formats/gate_formats.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"
#include "core/base/file.h"
#include "db/store.h"

namespace luolab {
namespace {

struct ExportFlags {
  std::string run;
  std::string format;
  std::string output = "-";
};

struct Format {
  std::string_view name;
  std::string (*write)(const RunRecord& run);
};

std::string kcidb(const RunRecord& run) { return run_kcidb(run, "luolab"); }

constexpr std::array<Format, 5> kFormats{{{"json", results_json},
                                          {"kcidb", kcidb},
                                          {"ktap", results_ktap},
                                          {"junit", results_junit},
                                          {"csv", results_csv}}};

Result<GateFormat> find_gate_format(const std::string& name) {
  GateFormat format{};
  if (boost::describe::enum_from_string(name.c_str(), format)) return format;
  return scenario_error(
      fmt::format("--format {}: gates have json, ktap, junit, kcidb, markdown, mail, github and "
                  "patchwork",
                  one_line(name)));
}

Result<const Format*> find_format(const std::string& name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return scenario_error(
      fmt::format("--format {}: runs have json, ktap, junit, kcidb and csv", one_line(name)));
}

Result<RunRecord> find_run(const Places& places, const std::string& id) {
  const auto run = parse_run_id(id);
  if (!run) {
    return scenario_error(
        fmt::format("\"{}\" is neither a run (12) nor a gate (g5); `luolab list` shows the runs",
                    one_line(id)));
  }
  auto store = open_existing_state(places);
  if (!store) return store.error();
  return store->run(*run);
}

Result<void> write_to(const std::string& output, const std::string& text) {
  if (output == "-") {
    std::cout << text;
    return {};
  }
  try {
    write_file_atomically(output, text);
    return {};
  } catch (const std::system_error& error) {
    return scenario_error(fmt::format("--output {}: {}; choose a file that can be written", output,
                                      error.code().message()));
  }
}

Result<void> export_gate(const Places& places, const ExportFlags& flags, GateId id) {
  const auto format = find_gate_format(flags.format);
  if (!format) return format.error();
  const auto report = stored_gate(places, id);
  if (!report) return report.error();
  return write_to(flags.output, gate_report_in(*report, *format));
}

Result<void> export_run(const Places& places, const ExportFlags& flags) {
  if (const auto gate = parse_gate_id(flags.run)) return export_gate(places, flags, *gate);
  const auto format = find_format(flags.format);
  if (!format) return format.error();
  const auto run = find_run(places, flags.run);
  if (!run) return run.error();
  return write_to(flags.output, (*format)->write(*run));
}

int exit_code_of(const Result<void>& done) {
  if (done) return kExitPass;
  std::cerr << done.error().what << '\n';
  return done.error().fault == Fault::scenario ? kExitUsage : kExitLab;
}

}  // namespace

void add_export_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<ExportFlags>();
  CLI::App* command =
      root.add_subcommand("export", "Writes the results of a run or a gate for other tools");
  command->add_option("run", flags->run, "A run (12) or a gate (g5)")
      ->required()
      ->type_name("RUN|GATE");
  command
      ->add_option(
          "--format", flags->format,
          "json, ktap, junit, kcidb or csv; of gates also markdown, mail, github, patchwork")
      ->required();
  command->add_option("-o,--output", flags->output, "Where to; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  command->callback([flags, &context] {
    context.exit_code = exit_code_of(export_run(context.places(), *flags));
  });
}

}  // namespace luolab
