// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/resource.h>

#include <iostream>
#include <memory>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/listen_address.h"
#include "cli/service_log.h"
#include "cli/watchdog.h"
#include "controller/service/service.h"
#include "core/base/file.h"
#include "core/base/service_notice.h"
#include "scenarios/expand.h"
#include "scenarios/loader.h"

namespace luolab {
namespace {

constexpr const char* kHealthCheck = "scenarios/library/health-check.yaml";

struct ControllerFlags {
  std::string listen = "127.0.0.1:7480";
  std::string pool = "pull";
  std::string health_check;
  int heartbeat_seconds = 10;
  int lease_seconds = 30;
  int most_misses = 3;
  int quarantine_after = 3;
  int per_submitter = 0;
  int keep_artifacts_days = 90;
  int keep_runs_days = 0;
  double rate = 100;
  bool print_description = false;
  ServiceOptions service;
};

/// The jobs that a quarantined worker must pass.
Result<std::vector<Job>> health_jobs(const std::filesystem::path& file, const Catalog& catalog) {
  const auto text = read_file(file);
  if (!text) return text.error();
  LoadResult loaded = load_scenarios(*text, file.string(), &catalog);
  if (!loaded.errors.empty()) return scenario_error(to_string(loaded.errors));
  ExpandResult expanded = expand(loaded.scenarios.front(), catalog);
  if (!expanded.errors.empty()) return scenario_error(to_string(expanded.errors));
  if (expanded.rollout)
    return scenario_error(file.string() + ": a health check has no rollout (name one target)");
  return std::move(expanded.jobs);
}

Task<void> feed_watchdog_for_ever() {
  co_await feed_watchdog();
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
}

/// Ten thousand workers need more descriptors than most systems give at first.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<ServiceOptions> options_of(const ControllerFlags& flags, const Places& places,
                                  const Catalog& catalog) {
  ServiceOptions options = flags.service;
  options.state = places.state;
  options.version = LUOLAB_VERSION;
  options.data = places.data;
  options.on_ready = [] { notify_service("READY=1"); };
  const auto listen = parse_listen_address("--listen", flags.listen);
  if (!listen) return listen.error();
  options.address = listen->address;
  options.port = listen->port;
  if (options.tls_certificate.empty() != options.tls_key.empty())
    return scenario_error("--tls-cert and --tls-key belong together");
  if (flags.lease_seconds < 2 * flags.heartbeat_seconds)
    return scenario_error("--lease must be at least twice --heartbeat, or workers lose their jobs");
  options.keep_artifacts = std::chrono::hours{24 * flags.keep_artifacts_days};
  options.keep_runs = std::chrono::hours{24 * flags.keep_runs_days};
  options.rate = {.per_second = flags.rate, .burst = 4 * flags.rate};
  options.lab.heartbeat = std::chrono::seconds{flags.heartbeat_seconds};
  options.lab.lease = std::chrono::seconds{flags.lease_seconds};
  options.lab.most_misses = static_cast<std::uint32_t>(flags.most_misses);
  options.lab.health.misses = static_cast<std::uint32_t>(flags.quarantine_after);
  options.lab.scheduling.per_submitter = static_cast<std::uint32_t>(flags.per_submitter);
  auto health = health_jobs(flags.health_check.empty() ? places.data / kHealthCheck
                                                       : std::filesystem::path(flags.health_check),
                            catalog);
  if (!health) return in_context("--health-check", health.error());
  options.lab.health_check = std::move(*health);
  return options;
}

Task<void> serve_and_feed(Service& service) {
  using namespace asio::experimental::awaitable_operators;
  Task<void> fed = feed_watchdog_for_ever();
  Task<void> served = service.run();
  co_await (std::move(served) || std::move(fed));
}

/// Serves until SIGTERM or SIGINT; a second one ends the process at once. SIGHUP reads the
/// certificate again.
void serve(asio::io_context& io, Service& service) {
  asio::cancellation_signal stop;
  asio::signal_set ends(io, SIGINT, SIGTERM);
  asio::signal_set reloads(io, SIGHUP);
  std::exception_ptr failure;
  ends.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ends.clear(error);
    notify_service("STOPPING=1");
    stop.emit(asio::cancellation_type::terminal);
  });
  std::function<void()> await_reload = [&] {
    reloads.async_wait([&](boost::system::error_code error, int) {
      if (error) return;
      service.reload();
      await_reload();
    });
  };
  await_reload();
  asio::co_spawn(io, serve_and_feed(service),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) {
                   failure = error;
                   ends.cancel();
                   reloads.cancel();
                 }));
  io.run();
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
  }
}

/// What the API is, from a controller over an empty store that never serves.
int print_description(const Catalog& catalog) {
  const TempDir folder(std::filesystem::temp_directory_path());
  ServiceOptions options;
  options.state = folder.path();
  options.version = LUOLAB_VERSION;
  options.address = "127.0.0.1";
  options.port = 0;
  asio::io_context io(1);
  StderrServiceLog log;
  const auto service = Service::start(io.get_executor(), options, catalog, log);
  if (!service) {
    std::cerr << service.error().what << '\n';
    return kExitLab;
  }
  std::cout << (*service)->document() << '\n';
  return kExitPass;
}

int control(const Places& places, const ControllerFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  if (flags.print_description) return print_description(*catalog);
  const auto options = options_of(flags, places, *catalog);
  if (!options) {
    std::cerr << options.error().what << '\n';
    return kExitUsage;
  }
  raise_descriptor_limit();
  asio::io_context io(1);
  StderrServiceLog log;
  auto service = Service::start(io.get_executor(), *options, *catalog, log);
  if (!service) {
    std::cerr << service.error().what << '\n';
    return service.error().fault == Fault::scenario ? kExitUsage : kExitLab;
  }
  serve(io, **service);
  return kExitPass;
}

}  // namespace

void add_controller_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<ControllerFlags>();
  CLI::App* command = root.add_subcommand(
      "controller", "The service: REST API, scheduler, store (docs/operations.md)");
  command->add_option("--listen", flags->listen, "ADDRESS:PORT")->capture_default_str();
  command->add_option("--tls-cert", flags->service.tls_certificate, "PEM file: certificate chain");
  command->add_option("--tls-key", flags->service.tls_key, "PEM file: its private key");
  command->add_option("--pool", flags->pool, "How jobs come to workers")
      ->check(CLI::IsMember({"pull"}))
      ->capture_default_str();
  command->add_flag("--print-openapi", flags->print_description,
                    "Print the description of the API (OpenAPI), and serve nothing");
  command->add_flag("--require-tokens", flags->service.require_tokens,
                    "On loopback too, where no token was made yet");
  command->add_flag("--insecure-plain-network", flags->service.plain_network,
                    "Serve other than loopback addresses without TLS or without tokens");
  command->add_flag("--allow-worker-paths", flags->service.worker_paths,
                    "Scenarios may name kernels and programs by a path on the worker");
  command->add_option("--heartbeat", flags->heartbeat_seconds, "Seconds between signs of life")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command
      ->add_option("--lease", flags->lease_seconds,
                   "Seconds of silence after which a worker's jobs are given to others")
      ->check(CLI::Range(2, 86400))
      ->capture_default_str();
  command
      ->add_option("--most-misses", flags->most_misses, "Attempts of one job that the lab may fail")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command
      ->add_option("--quarantine-after", flags->quarantine_after,
                   "MISS in a row until a worker must pass the health check")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--health-check", flags->health_check,
                      "Scenario that proves a worker healthy");
  command
      ->add_option("--per-submitter", flags->per_submitter,
                   "Jobs of one submitter at a time; 0: any number")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command
      ->add_option("--keep-artifacts", flags->keep_artifacts_days,
                   "Days that files are kept after a run's end; 0: for ever. Pinned runs and "
                   "runs with a FAIL keep theirs")
      ->check(CLI::Range(0, 36500))
      ->capture_default_str();
  command
      ->add_option("--keep-runs", flags->keep_runs_days, "The same for what the store says of runs")
      ->check(CLI::Range(0, 36500))
      ->capture_default_str();
  command->add_option("--rate", flags->rate, "Requests a second of one token; 0: any number")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->callback([flags, &context] { context.exit_code = control(context.places(), *flags); });
}

}  // namespace luolab
