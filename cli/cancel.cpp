// SPDX-License-Identifier: Apache-2.0
// Cancel and retry: the two orders about what was submitted.
#include <iostream>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/service_client.h"
#include "core/http/target.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

struct OrderFlags {
  ServiceFlags service;
  std::string id;
  std::vector<std::string> verdicts;
};

/// "/api/v1/jobs/j34" or "/api/v1/runs/12".
std::string target_of(const std::string& id) {
  return (id.starts_with('j') ? "/api/v1/jobs/" : "/api/v1/runs/") + percent_encoded(id);
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
  const auto& counts = answer->get_object();
  const auto jobs = number_at(counts, "jobs");
  if (what == "cancel") {
    std::cerr << fmt::format(
        "{} job{} canceled, {} of them running: their workers end them with "
        "the next heartbeat\n",
        jobs, jobs == 1 ? "" : "s", number_at(counts, "attempts"));
  } else {
    std::cerr << fmt::format("{} job{} queued again\n", jobs, jobs == 1 ? "" : "s");
  }
  co_return kExitPass;
}

void add(CLI::App& root, CommandContext& context, const std::string& what,
         const std::string& description) {
  const auto flags = std::make_shared<OrderFlags>();
  CLI::App* command = root.add_subcommand(what, description);
  command->add_option("ID", flags->id, "A run (12) or a job (j34)")->required();
  add_service_flags(*command, flags->service);
  if (what == "retry")
    command->add_option("--verdict", flags->verdicts,
                        "Only jobs that ended so; else all that did not pass");
  command->callback([flags, what, &context] {
    asio::io_context io;
    context.exit_code = run_until_interrupted(io, order(io.get_executor(), *flags, what))
                            .value_or(kExitInterrupted);
  });
}

}  // namespace

void add_cancel_command(CLI::App& root, CommandContext& context) {
  add(root, context, "cancel", "Ends a controller's run or job");
}

void add_retry_command(CLI::App& root, CommandContext& context) {
  add(root, context, "retry", "Queues jobs of a controller again");
}

}  // namespace luolab
