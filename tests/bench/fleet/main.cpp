// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/base/file.h"
#include "tests/bench/fleet/fleet.h"

namespace luolab::bench {
namespace {

struct Flags {
  FleetOptions fleet;
  double job = 0, heartbeat = 0, warm_up = 5, measured = 0, pace = 0;
  std::string scenario, json;
};

void add_flags(CLI::App& app, Flags& flags) {
  FleetOptions& fleet = flags.fleet;
  app.add_option("--address", fleet.address, "of the controller")->capture_default_str();
  app.add_option("--port", fleet.port, "of the controller")->required();
  app.add_option("--token", fleet.token, "sent with every request");
  app.add_option("--name", fleet.name, "workers are NAME-0, NAME-1 ...")->capture_default_str();
  app.add_option("--workers", fleet.workers, "how many")->capture_default_str();
  app.add_option("--job", flags.job, "seconds that an attempt takes");
  app.add_option("--heartbeat", flags.heartbeat, "seconds; 0: as the controller asks for");
  app.add_option("--scenario", flags.scenario, "file that is submitted")->check(CLI::ExistingFile);
  app.add_option("--warm-up", flags.warm_up, "seconds before figures count")->capture_default_str();
  app.add_option("--seconds", flags.measured, "figures count so long");
  app.add_option("--feed", fleet.feed, "keep so many jobs waiting");
  app.add_option("--feed-jobs", fleet.feed_jobs, "jobs of one submission")->capture_default_str();
  app.add_option("--probes", fleet.probes, "single jobs, one after the other, for the dispatch");
  app.add_option("--runs", fleet.runs, "submit so many, and end when all jobs have ended");
  app.add_option("--run-jobs", fleet.run_jobs, "jobs of each of --runs")->capture_default_str();
  app.add_option("--pace", flags.pace, "seconds between two of --runs");
  app.add_option("--journal", fleet.journal, "file of what was acknowledged");
  app.add_option("--json", flags.json, "file for the figures; else standard output");
}

FleetOptions options_of(Flags& flags) {
  FleetOptions options = flags.fleet;
  options.job = Seconds{flags.job};
  options.heartbeat = Seconds{flags.heartbeat};
  options.warm_up = Seconds{flags.warm_up};
  options.measured = Seconds{flags.measured};
  options.pace = Seconds{flags.pace};
  if (!flags.scenario.empty()) options.scenario = read_file(flags.scenario).value();
  return options;
}

/// Two connections a worker.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int simulate(Flags& flags) {
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context io(1);
  Fleet fleet(options_of(flags));
  std::exception_ptr failure;
  asio::co_spawn(io, run_fleet(fleet), [&](std::exception_ptr error) { failure = error; });
  io.run();
  if (failure) std::rethrow_exception(failure);
  const std::string text = boost::json::serialize(fleet.figures.json());
  if (flags.json.empty())
    fmt::print("{}\n", text);
  else
    std::ofstream(flags.json) << text << '\n';
  return fleet.figures.twice == 0 ? 0 : 1;
}

}  // namespace
}  // namespace luolab::bench

int main(int argc, char** argv) {
  luolab::bench::Flags flags;
  CLI::App app("Simulated workers and submitters against a real controller");
  luolab::bench::add_flags(app, flags);
  CLI11_PARSE(app, argc, argv);
  try {
    return luolab::bench::simulate(flags);
  } catch (const std::exception& error) {
    fmt::print(stderr, "luolab-simulate-fleet: {}\n", error.what());
    return 2;
  }
}
