// SPDX-License-Identifier: Apache-2.0
// Cancel and retry: the two orders about what was submitted.
#include <iostream>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/json/serialize.hpp>
#include <boost/mp11/algorithm.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/service_client.h"
#include "core/http/target.h"
#include "core/protocol/json_fields.h"
#include "core/protocol/verdict.h"

namespace luolab {
namespace {

struct OrderFlags {
  ServiceFlags service;
  std::string id;
  std::vector<std::string> verdicts;
};

bool is_gate(const std::string& id) { return id.starts_with('g'); }

/// "/api/v1/jobs/j34", "/api/v1/gates/g5" or "/api/v1/runs/12".
std::string target_of(const std::string& id) {
  const char* kind = id.starts_with('j') ? "jobs" : is_gate(id) ? "gates" : "runs";
  return fmt::format("/api/v1/{}/{}", kind, percent_encoded(id));
}

std::string said(const boost::json::object& counts, const OrderFlags& flags,
                 const std::string& what) {
  if (is_gate(flags.id)) return "gate " + flags.id + " canceled, and its jobs with it";
  const auto jobs = number_at(counts, "jobs"), running = number_at(counts, "attempts");
  const std::string many = fmt::format("{} job{}", jobs, jobs == 1 ? "" : "s");
  if (what == "cancel") {
    if (jobs == 0) return fmt::format("{} has ended: there is nothing to cancel", flags.id);
    if (running == 0) return many + " canceled, none of them running";
    return fmt::format("{} canceled; {} of them ran, and end{} with the next heartbeat", many,
                       running, running == 1 ? "s" : "");
  }
  if (jobs == 0)
    return fmt::format("{} has no job that ended {}: nothing is queued again", flags.id,
                       flags.verdicts.empty() ? "without passing" : "so");
  return many + " queued again";
}

/// The names of all verdicts.
std::vector<std::string> verdict_names() {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Verdict>>(
      [&](auto enumerator) { names.emplace_back(enumerator.name); });
  return names;
}

Task<int> order(asio::any_io_executor executor, const OrderFlags& flags, std::string what) {
  auto client = ServiceClient::make(executor, flags.service);
  if (!client) {
    std::cerr << client.error().what << '\n';
    co_return kExitUsage;
  }
  ServiceRequest request{.method = "POST", .target = target_of(flags.id) + "/" + what};
  if (!flags.verdicts.empty()) {
    boost::json::array verdicts(flags.verdicts.begin(), flags.verdicts.end());
    request.body = boost::json::serialize(boost::json::object{{"verdicts", std::move(verdicts)}});
    request.content_type = "application/json";
  }
  const auto answer = co_await client->ask(std::move(request));
  if (!answer) {
    std::cerr << answer.error().what << '\n';
    co_return answer.error().fault == Fault::scenario ? kExitUsage : kExitLab;
  }
  std::cerr << said(answer->get_object(), flags, what) << '\n';
  co_return kExitPass;
}

void add(CLI::App& root, CommandContext& context, const std::string& what,
         const std::string& description) {
  const auto flags = std::make_shared<OrderFlags>();
  CLI::App* command = root.add_subcommand(what, description);
  command
      ->add_option(
          "ID", flags->id,
          what == "cancel" ? "A run (12), a job (j34) or a gate (g5)" : "A run (12) or a job (j34)")
      ->required();
  add_service_flags(*command, flags->service);
  if (what == "retry")
    command
        ->add_option("--verdict", flags->verdicts,
                     "Only jobs that ended so; else all that did not pass")
        ->check(CLI::IsMember(verdict_names()));
  command->callback([flags, what, &context] {
    asio::io_context io;
    context.exit_code = run_until_interrupted(io, order(io.get_executor(), *flags, what))
                            .value_or(kExitInterrupted);
  });
}

}  // namespace

void add_cancel_command(CLI::App& root, CommandContext& context) {
  add(root, context, "cancel", "Ends a controller's run, job or gate");
}

void add_retry_command(CLI::App& root, CommandContext& context) {
  add(root, context, "retry", "Queues jobs of a controller again");
}

}  // namespace luolab
