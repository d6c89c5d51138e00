// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/fleet_work.h"
#include "cli/interrupt.h"
#include "cli/service_client.h"
#include "controller/results/safe_text.h"
#include "core/base/quantity.h"
#include "core/http/target.h"
#include "core/protocol/json.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

struct FleetFlags {
  ServiceFlags service;
  std::string worker;
  bool json = false;
};

using Work = std::function<Task<Result<void>>(ServiceClient&)>;

int with_client(const ServiceFlags& flags, const Work& work) {
  asio::io_context io;
  const auto task = [&]() -> Task<int> {
    auto client = ServiceClient::make(io.get_executor(), flags);
    if (!client) {
      std::cerr << client.error().what << '\n';
      co_return kExitUsage;
    }
    const auto done = co_await work(*client);
    if (done) co_return kExitPass;
    std::cerr << done.error().what << '\n';
    co_return done.error().fault == Fault::scenario ? kExitUsage : kExitLab;
  };
  return run_until_interrupted(io, task()).value_or(kExitInterrupted);
}

std::string worker_line(const boost::json::object& worker) {
  std::string tags;
  for (const auto& tag : worker.at("tags").get_array())
    tags += (tags.empty() ? "" : ",") + std::string(std::string_view(tag.get_string()));
  return fmt::format(
      "{:<20} {:<12} {:>3}/{:<3} {:>10} {:<8} {:<16} {}\n", text_at(worker, "name"),
      text_at(worker, "status"), number_at(worker, "busy"), number_at(worker, "slots"),
      format_size_rounded(number_at(worker, "memory_bytes")),
      flag_at(worker, "kvm") ? "kvm" : "emulated", tags, one_line(text_at(worker, "reason")));
}

Task<Result<void>> list(ServiceClient& client, bool json) {
  boost::json::array workers;
  std::string cursor;
  do {
    std::string target = "/api/v1/workers?limit=200";
    if (!cursor.empty()) target += "&cursor=" + percent_encoded(cursor);
    ServiceRequest request = get_request(std::move(target));
    auto page = co_await client.ask(std::move(request));
    if (!page) co_return page.error();
    for (const auto& worker : page->get_object().at("items").get_array()) workers.push_back(worker);
    cursor = text_at(page->get_object(), "next");
  } while (!cursor.empty());
  if (json) {
    std::cout << pretty(boost::json::object{{"schema", "luolab.fleet/v1"}, {"workers", workers}});
    co_return Result<void>();
  }
  if (workers.empty()) {
    std::cerr << "No worker has said hello yet. On a lab machine:\n"
                 "  luolab worker --controller URL --token-file FILE\n";
    co_return Result<void>();
  }
  std::cout << fmt::format("{:<20} {:<12} {:>3}/{:<3} {:>10} {:<8} {:<16} {}\n", "WORKER", "STATUS",
                           "BUSY", "OF", "MEMORY", "CPU", "TAGS", "WHY");
  for (const auto& worker : workers) std::cout << worker_line(worker.get_object());
  co_return Result<void>();
}

Task<Result<void>> order(ServiceClient& client, ServiceRequest request, std::string said) {
  auto answer = co_await client.ask(std::move(request));
  if (!answer) co_return answer.error();
  std::cerr << said << '\n';
  co_return Result<void>();
}

std::string target_of(const std::string& worker) {
  return "/api/v1/workers/" + percent_encoded(worker);
}

void add_order(CLI::App& fleet, CommandContext& context, const std::string& name,
               const std::string& description, const std::function<Work(const FleetFlags&)>& make) {
  const auto flags = std::make_shared<FleetFlags>();
  CLI::App* command = fleet.add_subcommand(name, description);
  command->add_option("WORKER", flags->worker)->required();
  add_service_flags(*command, flags->service);
  command->callback(
      [flags, make, &context] { context.exit_code = with_client(flags->service, make(*flags)); });
}

Work make_order(ServiceRequest request, const std::string& said) {
  return [request, said](ServiceClient& client) { return order(client, request, said); };
}

Work set_state(const FleetFlags& flags, const std::string& state, const std::string& said) {
  return make_order({.method = "PATCH",
                     .target = target_of(flags.worker),
                     .body = boost::json::serialize(boost::json::object{{"state", state}}),
                     .content_type = "application/json"},
                    flags.worker + said);
}

/// `fleet remove NAME`: of a worker, not of a machine.
bool names_a_worker(FleetOrder order, const FleetWorkFlags& flags) {
  return order == FleetOrder::remove && flags.inventory.empty() && flags.targets.size() == 1 &&
         flags.targets.front().find('@') == std::string::npos;
}

int forget(const FleetWorkFlags& flags) {
  const std::string& worker = flags.targets.front();
  return with_client(
      {flags.controller, flags.admin_token_file, flags.ca_file},
      make_order({.method = "DELETE", .target = target_of(worker)}, worker + " is forgotten"));
}

void add_work(CLI::App& fleet, CommandContext& context, FleetOrder order, const std::string& name,
              const std::string& description) {
  const auto flags = std::make_shared<FleetWorkFlags>();
  CLI::App* command = fleet.add_subcommand(name, description);
  add_fleet_work_flags(*command, order, *flags);
  command->callback([flags, order, &context] {
    context.exit_code = names_a_worker(order, *flags)
                            ? forget(*flags)
                            : run_fleet_work(order, *flags, context.places());
  });
}

}  // namespace

void add_fleet_command(CLI::App& root, CommandContext& context) {
  CLI::App* fleet = root.add_subcommand("fleet", "The workers of a controller");
  fleet->require_subcommand(1);
  const auto flags = std::make_shared<FleetFlags>();
  CLI::App* listing = fleet->add_subcommand("list", "Who works, and why somebody does not");
  add_service_flags(*listing, flags->service);
  listing->add_flag("--json", flags->json, "As JSON, schema luolab.fleet/v1");
  listing->callback([flags, &context] {
    context.exit_code = with_client(
        flags->service, [json = flags->json](ServiceClient& client) { return list(client, json); });
  });
  add_order(*fleet, context, "drain", "It finishes what it has and takes nothing new",
            [](const FleetFlags& given) {
              return set_state(given, "draining", " takes nothing new any more");
            });
  add_order(*fleet, context, "resume", "It takes work again",
            [](const FleetFlags& given) { return set_state(given, "ready", " takes work again"); });
  add_order(*fleet, context, "trust", "Ends its quarantine without a health check",
            [](const FleetFlags& given) {
              return make_order({.method = "POST", .target = target_of(given.worker) + "/trust"},
                                given.worker + " is trusted again");
            });
  add_work(*fleet, context, FleetOrder::add, "add",
           "Installs a worker on machines over SSH, or brings it to what is asked for");
  add_work(*fleet, context, FleetOrder::upgrade, "upgrade",
           "Replaces programs and data of workers on machines, where they differ");
  add_work(*fleet, context, FleetOrder::remove, "remove",
           "USER@HOST: takes a worker away from its machine; WORKER: forgets it, and what it runs "
           "is given to others");
}

}  // namespace luolab
