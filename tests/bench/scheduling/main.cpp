// SPDX-License-Identifier: Apache-2.0
// luolab-simulate: a lab in virtual time around the real scheduler (docs/scheduling.md).
// Exit code 1: the scheduler broke a promise.
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "tests/bench/scheduling/simulation.h"

namespace {

using luolab::simulation::Options;

void add_duration(CLI::App& app, const std::string& name, std::chrono::nanoseconds& value,
                  const std::string& what) {
  app.add_option_function<std::string>(
      name,
      [&value, name](const std::string& text) {
        const auto read = luolab::parse_duration(text);
        if (!read) throw CLI::ValidationError(name, fmt::format("\"{}\" is no duration", text));
        value = *read;
      },
      what);
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--workers", options.workers, "in the fleet")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--jobs", options.jobs, "that are submitted in all")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--submitters", options.submitters, "that submit them")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "of all that is random")->capture_default_str();
  app.add_option("--load", options.load, "jobs that come, of what the fleet can do")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--failing", options.failing, "part of attempts that the lab breaks")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--worker-hours", options.worker_hours, "mean time until a worker is lost")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--per-submitter", options.limits.per_submitter, "most jobs of one; 0: no limit")
      ->capture_default_str();
  app.add_flag("--equal-priorities", options.equal_priorities, "all jobs have the same");
  add_duration(app, "--ageing", options.limits.ageing, "of waiting, for one more priority (10m)");
  add_duration(app, "--half-life", options.limits.usage_half_life, "of usage (1h)");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs the scheduler in a simulated lab and checks what it promises"};
  Options options;
  bool as_json = false;
  add_options(app, options);
  app.add_flag("--json", as_json, "print one JSON object");
  CLI11_PARSE(app, argc, argv);
  try {
    const luolab::simulation::Figures figures = luolab::simulation::Simulation(options).run();
    fmt::print("{}", as_json ? json(options, figures) : text(options, figures));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "luolab-simulate: seed {}: {}\n", options.seed, error.what());
    return 1;
  }
}
