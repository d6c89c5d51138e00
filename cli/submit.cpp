// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/scenario_text.h"
#include "cli/series_argument.h"
#include "cli/service_client.h"
#include "cli/watch.h"
#include "controller/submit/submit_order.h"
#include "core/base/file.h"
#include "core/http/target.h"
#include "core/protocol/json.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

struct SubmitFlags {
  ServiceFlags service;
  std::vector<std::string> files;
  std::vector<std::string> series;
  std::vector<std::string> programs;
  std::string base;
  std::uint32_t repeat = 0;
  std::string fork_style = "auto";
  bool wait = false;
  bool dry_run = false;
  std::string key;
  SubmitOrder order;
};

/// Everything that the order names by a path of this machine goes along as text.
Result<SubmitOrder> order_of(const SubmitFlags& flags, const Catalog& catalog,
                             const std::string& command_line) {
  SubmitOrder order = flags.order;
  order.command_line = command_line;
  order.dry_run = flags.dry_run;
  order.fork_never = flags.fork_style == "never";
  if (!flags.base.empty()) order.base = flags.base;
  if (flags.repeat > 0) order.repeat = flags.repeat;
  for (const std::string& file : scenario_files(flags.files)) {
    auto text = scenario_text(file);
    if (!text) return text.error();
    order.documents.push_back({scenario_name(file), std::move(*text)});
  }
  for (const std::string& argument : flags.series) {
    auto series = find_series(catalog, argument);
    if (!series) return in_context("--series", series.error());
    order.series.push_back(std::move(*series));
  }
  return order;
}

constexpr const char* kBoundary = "luolab-3f9c1d7e5b2a4860";

std::string form_part(const std::string& name, const std::string& file, const std::string& bytes) {
  std::string part =
      fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", kBoundary, name);
  if (!file.empty()) part += fmt::format("; filename=\"{}\"", file);
  return part + "\r\n\r\n" + bytes + "\r\n";
}

/// Programs of exec loads, which JSON can't carry, make the order a form.
Result<std::string> form_of(const SubmitOrder& order, const std::vector<std::string>& programs) {
  std::string body = form_part("order", "", boost::json::serialize(to_json(order)));
  for (const std::string& file : programs) {
    auto bytes = read_file(file);
    if (!bytes) return bytes.error();
    body += form_part("file", std::filesystem::path(file).filename(), *bytes);
  }
  return body + fmt::format("--{}--\r\n", kBoundary);
}

Result<ServiceRequest> request_of(const SubmitFlags& flags, const SubmitOrder& order) {
  ServiceRequest request{.method = "POST",
                         .target = "/api/v1/runs",
                         .body = boost::json::serialize(to_json(order)),
                         .content_type = "application/json"};
  if (!flags.key.empty()) request.fields.add("Idempotency-Key", flags.key);
  if (!flags.programs.empty()) {
    auto form = form_of(order, flags.programs);
    if (!form) return form.error();
    request.body = std::move(*form);
    request.content_type = std::string("multipart/form-data; boundary=") + kBoundary;
  }
  return request;
}

int complain(const Error& error) {
  std::cerr << error.what << '\n';
  return error.fault == Fault::scenario ? kExitUsage : kExitLab;
}

Task<int> submit(asio::any_io_executor executor, const SubmitFlags& flags, const Catalog& catalog,
                 const std::string& command_line) {
  auto client = ServiceClient::make(executor, flags.service);
  if (!client) co_return complain(client.error());
  const auto order = order_of(flags, catalog, command_line);
  if (!order) co_return complain(order.error());
  auto request = request_of(flags, *order);
  if (!request) co_return complain(request.error());
  const auto answer = co_await client->ask(std::move(*request));
  if (!answer) co_return complain(answer.error());
  const auto& object = answer->get_object();
  if (flags.dry_run) {
    for (const auto& title : object.at("titles").get_array())
      std::cout << std::string_view(title.get_string()) << '\n';
    co_return kExitPass;
  }
  const std::string run = text_at(object, "run");
  std::cout << run << '\n';
  std::cerr << fmt::format("Run {}: {} job{} queued{}\n", run, number_at(object, "jobs"),
                           number_at(object, "jobs") == 1 ? "" : "s",
                           flags.wait ? "" : "; follow it with: luolab watch " + run);
  if (!flags.wait) co_return kExitPass;
  co_return co_await watch_run(*client, run);
}

}  // namespace

void add_submit_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<SubmitFlags>();
  CLI::App* command = root.add_subcommand("submit", "Gives scenarios to a controller");
  command
      ->add_option("FILE", flags->files, "Scenario files, folders of them, or - for standard input")
      ->required();
  add_service_flags(*command, flags->service);
  command->add_option("--series", flags->series,
                      "Patches for every kernel: a patch, mbox, folder, or git:DIR:RANGE");
  command->add_option("--base", flags->base, "In place of every kernel's base");
  command->add_option("--fragment", flags->order.fragments, "Configuration added to every kernel");
  command->add_option("--set", flags->order.settings, "KEY=VALUE, as in luolab run");
  command->add_option("--repeat", flags->repeat, "In place of the scenario's")
      ->check(CLI::Range(1, 100'000));
  command->add_option("--file", flags->programs, "A program that an exec load names");
  command->add_option("--fork", flags->fork_style, "auto, or never")
      ->check(CLI::IsMember({"auto", "never"}))
      ->capture_default_str();
  command->add_option("--title", flags->order.title, "Of the run");
  command->add_option("--priority", flags->order.priority, "0 to 100")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command->add_option("--confirm", flags->order.confirm, "How often a FAIL is run again")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  command->add_option("--series-key", flags->order.series_key,
                      "Older revisions with the same key are superseded");
  command->add_option("--revision", flags->order.revision, "Of the series");
  command->add_option("--idempotency-key", flags->key,
                      "Submitting again with the same key makes no second run");
  command->add_flag("--wait", flags->wait, "Watches it to its end; exit code as of luolab run");
  command->add_flag("--dry-run", flags->dry_run, "Only says what jobs it would be");
  command->callback([flags, &context] {
    const auto catalog = Catalog::load(context.places().data);
    if (!catalog) {
      std::cerr << catalog.error().what << '\n';
      context.exit_code = kExitUsage;
      return;
    }
    asio::io_context io;
    const auto code = run_until_interrupted(
        io, submit(io.get_executor(), *flags, *catalog, context.command_line));
    context.exit_code = code.value_or(kExitInterrupted);
  });
}

}  // namespace luolab
