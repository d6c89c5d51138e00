// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate.h"

#include <unistd.h>

#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/gate_outputs.h"
#include "cli/interrupt.h"
#include "cli/local_gate_runner.h"
#include "cli/series_argument.h"
#include "cli/service_gate.h"
#include "cli/state_store.h"
#include "controller/gate/base_commit.h"
#include "controller/gate/gate_storage.h"
#include "controller/gate/suite_files.h"
#include "controller/gate_formats/gate_formats.h"
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
  GateOutputs outputs;
  LocalRunFlags local;
  ServiceFlags service;
  bool by_service = false;
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
  if (flags.by_service) return order;  // the controller looks at the base: paths are its own
  if (const auto honoured = honour_base_commit(order); !honoured)
    errors.push_back("--base: " + honoured.error().what);
  return order;
}

void complain(const std::vector<std::string>& errors) {
  for (const std::string& error : errors) std::cerr << error << '\n';
}

/// An order, and what it comes to with the scenarios of this machine.
struct ReadyGate {
  GateOrder order;
  GateSuite suite;
};

/// Nothing where the flags are no good; standard error says why.
std::optional<ReadyGate> prepare(const Places& places, const GateFlags& flags,
                                 const Catalog& catalog) {
  std::vector<std::string> errors;
  ReadyGate ready;
  ready.order = read_order(flags, places, catalog, errors);
  complain(errors);
  if (!errors.empty()) return {};
  ready.suite = expand_suite(ready.order, catalog);
  if (!ready.suite.errors.empty()) {
    std::cerr << to_string(ready.suite.errors);
    return {};
  }
  if (ready.suite.cases.empty()) {
    std::cerr << "--suite: none of its scenarios has a kernel that takes the series\n";
    return {};
  }
  return ready;
}

/// The answer, for the caller and in the files that were asked for.
int conclude(const GateReport& report, const ReadyGate& ready, const GateOutputs& outputs,
             const ShowMore& more = show_command) {
  std::cerr << gate_summary(report, terminal_style(STDERR_FILENO), more);
  write_gate(report, ready.suite, ready.order, outputs);
  return report.state == "canceled" ? kExitLab : gate_exit_code(report.answer);
}

int run_here(const Places& places, const GateFlags& flags, const Catalog& catalog,
             const ReadyGate& ready) {
  auto store = open_state(places);
  if (!store) {
    std::cerr << store.error().what << '\n';
    return kExitLab;
  }
  const GateOrder& order = ready.order;
  const std::string title = order.title.empty() ? order.series.front().name : order.title;
  const GateId id = store->add_gate({.title = title,
                                     .submitter = login_name(),
                                     .order_json = boost::json::serialize(to_json(order)),
                                     .report_json = begun_report(order)});
  LocalGateRunner runner(*store, id, places, catalog, flags.local);
  Gate gate(order, ready.suite, id_text(id), runner);
  asio::io_context io;
  if (!run_until_interrupted(io, gate.run())) {
    store->cancel_gate(id, "interrupted");
    std::cerr << fmt::format("Interrupted. What is known so far is kept: luolab show {}\n",
                             id_text(id));
    return kExitInterrupted;
  }
  return conclude(stored_report(*store, id).value(), ready, flags.outputs);
}

int run_at_controller(const GateFlags& flags, const ReadyGate& ready) {
  asio::io_context io;
  auto client = ServiceClient::make(io.get_executor(), flags.service);
  if (!client) {
    std::cerr << client.error().what << '\n';
    return kExitUsage;
  }
  const auto report = run_until_interrupted(io, gate_by_service(*client, ready.order));
  if (!report) return kExitInterrupted;
  if (!*report) {
    std::cerr << report->error().what << '\n';
    return report->error().fault == Fault::scenario ? kExitUsage : kExitLab;
  }
  const auto page = [&client](const std::string& id) {
    return client->url((id.starts_with('j') ? "/jobs/" : "/gates/") + id);
  };
  return conclude(**report, ready, flags.outputs, page);
}

int run_gate(const Places& places, const GateFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  const auto ready = prepare(places, flags, *catalog);
  if (!ready) return kExitUsage;
  return flags.by_service ? run_at_controller(flags, *ready)
                          : run_here(places, flags, *catalog, *ready);
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
  add_slots_option(*command, flags->local);
  command->add_option("--title", flags->title, "In place of the series' name");
  command->add_option("--origin", flags->origin, "Message id or URL of the series, for reports");
  add_service_flags(*command, flags->service);
  CLI::Option* controller = command->get_option("--controller");
  controller->description(
      "Have this controller answer, with its suites and its fleet; else it is "
      "answered on this machine");
  controller->excludes(command->get_option("--slots"));
  add_gate_outputs(*command, flags->outputs);
  command->callback([flags, controller, &context] {
    flags->by_service = controller->count() > 0;
    flags->local.command_line = context.command_line;
    context.exit_code = run_gate(context.places(), *flags);
  });
}

}  // namespace luolab
