// SPDX-License-Identifier: Apache-2.0
#include "cli/fleet_work.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/fleet_report.h"
#include "cli/interrupt.h"
#include "cli/inventory_file.h"
#include "cli/service_fleet.h"
#include "cli/ssh_address.h"
#include "cli/token_file.h"
#include "core/async/task_group.h"
#include "core/base/file.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// A word of the environment file, as systemd reads it: nothing that quotes or expands.
bool is_plain_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._-:/[]@%~+,=?&").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_user_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::isdigit(static_cast<unsigned char>(text[0])) == 0 && text[0] != '-' &&
         std::ranges::all_of(
             text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

Error usage(std::string what) { return scenario_error(std::move(what)); }

Result<FleetMachine> base_machine(const FleetWorkFlags& flags) {
  FleetMachine base = flags.machine;
  auto layout = worker_layout(flags.prefix);
  if (!layout) return in_context("--prefix", layout.error());
  base.layout = std::move(*layout);
  if (!base.host_key.empty() && base.host_key.find(' ') == std::string::npos)
    return usage("--host-key: is no \"TYPE BASE64\" as in a known_hosts file");
  return base;
}

Result<void> check_machine(const FleetMachine& machine) {
  if (!is_user_name(machine.user))
    return usage(
        fmt::format("{}: run_as: \"{}\" is no name of a user", machine.address(), machine.user));
  for (const std::string& tag : machine.tags)
    if (!is_plain_word(tag) || tag.find(',') != tag.npos)
      return usage(
          fmt::format("{}: \"{}\" is no tag: letters, digits and . _ -", machine.address(), tag));
  return {};
}

/// Those of the inventory that are named, or all; and those that are given by their addresses.
Result<std::vector<FleetMachine>> machines_of(const FleetWorkFlags& flags) {
  const auto base = base_machine(flags);
  if (!base) return base.error();
  std::vector<FleetMachine> listed, chosen;
  if (!flags.inventory.empty()) {
    auto read = read_inventory(flags.inventory, *base);
    if (!read) return read.error();
    listed = std::move(*read);
  }
  bool named = false;
  for (const std::string& given : flags.targets) {
    const auto known = std::ranges::find(listed, given, &FleetMachine::name);
    if (known != listed.end()) {
      named = true;
      chosen.push_back(*known);
      continue;
    }
    auto login = parse_ssh_address(given);
    if (!login)
      return usage(flags.inventory.empty() ? login.error().what
                                           : fmt::format("{}, and {} has no machine of that name",
                                                         login.error().what, flags.inventory));
    login->key_file = base->login.key_file;
    FleetMachine machine = *base;
    machine.login = std::move(*login);
    chosen.push_back(std::move(machine));
  }
  if (!named) chosen.insert(chosen.begin(), listed.begin(), listed.end());
  if (chosen.empty()) return usage("no machine is given: USER@HOST, or --inventory FILE");
  std::map<std::string, int> seen;
  for (const FleetMachine& machine : chosen) {
    if (const auto good = check_machine(machine); !good) return good.error();
    if (++seen[machine.address() + machine.layout.prefix] > 1)
      return usage(machine.address() + " is given twice");
  }
  return chosen;
}

Result<FleetRequest> request_of(FleetOrder order, const FleetWorkFlags& flags,
                                const Places& places) {
  FleetRequest request;
  request.order = order;
  request.dry_run = flags.dry_run;
  request.discard = flags.discard;
  request.controller = flags.controller;
  request.wait_seconds = flags.wait_seconds;
  if (order == FleetOrder::remove) return request;
  if (order == FleetOrder::add && !is_plain_word(flags.controller))
    return usage("--controller: the workers' controller must be given (https://lab.example:7443)");
  if (order == FleetOrder::add && !flags.token_file.empty()) {
    auto token = read_token_file(flags.token_file);
    if (!token) return token.error();
    request.token = std::move(*token);
  }
  if (order == FleetOrder::add && !flags.ca_file.empty()) {
    auto authority = read_file(flags.ca_file, std::uint64_t{1} << 20);
    if (!authority) return in_context("--ca-file", authority.error());
    request.authority = std::move(*authority);
  }
  auto payload =
      read_payload(flags.from.empty() ? PayloadPlaces{"/proc/self/exe", places.agent, places.data}
                                      : installed_places(flags.from));
  if (!payload) return payload.error();
  request.payload = std::move(*payload);
  if (flags.from.empty()) request.payload.libraries = own_libraries();
  return request;
}

/// Adding needs a token of role admin for it, which only the flag can mean: LUOLAB_TOKEN_FILE is
/// often that of somebody who submits.
bool asks_controller(FleetOrder order, const FleetWorkFlags& flags) {
  return order == FleetOrder::add ? !flags.admin_token_file.empty() : !flags.controller.empty();
}

Task<void> work_on(const FleetMachine& machine, const FleetRequest& request,
                   FleetController* controller, FleetProgress& progress, FleetEntry& entry) {
  const std::string address = entry.machine;
  FleetWorker worker(machine, request, controller, [&progress, address](std::string_view doing) {
    progress.doing(address, doing);
  });
  entry.outcome = co_await worker.run();
  progress.ended(address, entry.outcome);
}

/// All machines, so many at a time. Cancelling ends those that are worked on, each of which undoes
/// what it has begun.
Task<bool> work_on_all(const std::vector<FleetMachine>& machines, const FleetRequest& request,
                       FleetController* controller, unsigned parallel, FleetProgress& progress,
                       std::vector<FleetEntry>& entries) {
  TaskGroup group(co_await asio::this_coro::executor);
  std::exception_ptr stopped;
  try {
    for (std::size_t i = 0; i < machines.size(); ++i) {
      co_await group.wait_below(parallel);
      group.spawn(work_on(machines[i], request, controller, progress, entries[i]));
    }
  } catch (...) {
    stopped = std::current_exception();
    group.cancel();
  }
  co_await group.join();
  if (stopped) std::rethrow_exception(stopped);
  co_return true;
}

int complain(const Error& error) {
  std::cerr << error.what << '\n';
  return error.fault == Fault::scenario ? kExitUsage : kExitLab;
}

}  // namespace

void add_fleet_work_flags(CLI::App& command, FleetOrder order, FleetWorkFlags& flags) {
  const bool add = order == FleetOrder::add;
  command.add_option("MACHINE", flags.targets,
                     "USER@HOST[:PORT]; with --inventory also names of it: those alone");
  command.add_option("--inventory", flags.inventory, "YAML file of machines (docs/operations.md)");
  command
      .add_option("--controller", flags.controller,
                  add ? "URL that the workers get: https://lab.example:7443"
                      : "URL: workers are drained there first")
      ->envname("LUOLAB_CONTROLLER");
  command.add_option(add ? "--admin-token-file" : "--admin-token-file,--token-file",
                     flags.admin_token_file,
                     add ? "Token of role admin, for draining workers and making their tokens"
                         : "Token of role admin, for draining workers (LUOLAB_TOKEN_FILE)");
  command
      .add_option("--ca-file", flags.ca_file,
                  "PEM file with the authority of the controller's certificate")
      ->envname("LUOLAB_CA_FILE");
  command.add_option("--key", flags.machine.login.key_file,
                     "Private key; default: the SSH agent's");
  command.add_option("--host-key", flags.machine.host_key,
                     "\"TYPE BASE64\": the only host key that is accepted");
  command.add_flag("--sudo", flags.machine.sudo, "Become root by sudo -n");
  command.add_option("--prefix", flags.prefix, "Where the worker lies on the machine")
      ->capture_default_str();
  command.add_option("--parallel", flags.parallel, "So many machines at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--drain-wait", flags.drain_seconds, "Seconds for a worker's jobs to end")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  command.add_flag("--dry-run", flags.dry_run, "Only say what would change");
  command.add_flag("--json", flags.json, "As JSON, schema luolab.fleet-work/v1");
  if (order == FleetOrder::remove) {
    command.add_flag("--discard", flags.discard, "Also results that no controller has taken");
    return;
  }
  command.add_option("--from", flags.from,
                     "Programs and data of a tree that `cmake --install` made; default: these");
  command.add_option("--wait", flags.wait_seconds, "Seconds for a controller's welcome")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  if (!add) return;
  command.add_option("--token-file", flags.token_file, "File with the workers' token");
  command.add_option("--tags", flags.machine.tags, "What jobs may ask for: A,B")->delimiter(',');
  command.add_option("--slots", flags.machine.slots, "So many jobs at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--run-as", flags.machine.user, "User of the worker; this one alone is made")
      ->capture_default_str();
}

int run_fleet_work(FleetOrder order, const FleetWorkFlags& flags, const Places& places) {
  const auto machines = machines_of(flags);
  if (!machines) return complain(machines.error());
  const auto request = request_of(order, flags, places);
  if (!request) return complain(request.error());
  std::vector<FleetEntry> entries;
  for (const FleetMachine& machine : *machines)
    entries.push_back(
        {machine.address(), {MachineState::interrupted, machine.name, {}, "not begun"}});
  asio::io_context io;
  std::unique_ptr<ServiceFleet> controller;
  if (asks_controller(order, flags)) {
    auto made = ServiceFleet::make(io.get_executor(),
                                   {flags.controller, flags.admin_token_file, flags.ca_file},
                                   std::chrono::seconds(flags.drain_seconds));
    if (!made) return complain(made.error());
    controller = std::move(*made);
  }
  bool interrupted = false;
  {
    FleetProgress progress(::isatty(STDERR_FILENO) == 1);
    interrupted = !run_until_interrupted(
        io, work_on_all(*machines, *request, controller.get(), flags.parallel, progress, entries));
  }
  std::cout << (flags.json ? pretty(fleet_json(order, flags.dry_run, entries))
                           : fleet_table(entries));
  if (interrupted) return kExitInterrupted;
  return all_well(entries) ? kExitPass : kExitLab;
}

}  // namespace luolab
