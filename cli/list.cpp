// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/state_store.h"
#include "controller/results/run_list.h"
#include "db/store.h"

namespace luolab {
namespace {

constexpr std::size_t kOrdinaryLimit = 20;

struct ListFlags {
  std::size_t limit = kOrdinaryLimit;
  bool json = false;
};

/// No store yet is no error: nothing was run.
Result<std::vector<RunSummary>> stored_runs(const Places& places, std::size_t limit) {
  if (!std::filesystem::exists(store_file(places.state))) return std::vector<RunSummary>{};
  auto store = open_state(places);
  if (!store) return store.error();
  return store->list_runs(limit);
}

int list_runs(const Places& places, const ListFlags& flags) {
  const auto runs = stored_runs(places, flags.limit);
  if (!runs) {
    std::cerr << runs.error().what << '\n';
    return kExitLab;
  }
  if (flags.json) {
    std::cout << run_list_json(*runs);
  } else if (runs->empty()) {
    std::cerr << run_list(*runs, terminal_style(STDERR_FILENO));
  } else {
    std::cout << run_list(*runs, terminal_style(STDOUT_FILENO));
  }
  return kExitPass;
}

}  // namespace

void add_list_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<ListFlags>();
  CLI::App* command = root.add_subcommand("list", "Shows what has been run, newest first");
  command->add_option("--limit", flags->limit, "At most so many runs")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_flag("--json", flags->json, "As JSON, schema luolab.list/v1");
  command->callback([flags, &context] { context.exit_code = list_runs(context.places(), *flags); });
}

}  // namespace luolab
