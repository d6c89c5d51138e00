// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/scheduling/figures.h"

#include <algorithm>
#include <numeric>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace luolab::simulation {
namespace {

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

boost::json::object waits_json(const Figures& figures) {
  boost::json::object waits;
  for (const auto& [priority, it] : figures.waits) {
    waits[std::to_string(priority)] = {
        {"p50", it.p50}, {"p90", it.p90}, {"p99", it.p99}, {"max", it.max}};
  }
  return waits;
}

}  // namespace

Spread spread_of(std::vector<float> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto at = [&values](double part) {
    return static_cast<double>(
        values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))]);
  };
  return {at(0.5), at(0.9), at(0.99), at(1)};
}

double jain_index(const std::vector<double>& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const double squares = std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
  return squares > 0 ? sum * sum / (static_cast<double>(values.size()) * squares) : 1;
}

std::string text(const Options& options, const Figures& figures) {
  std::string out =
      fmt::format("{} workers, {} jobs, {} submitters, load {}, seed {}\n\n", options.workers,
                  options.jobs, options.submitters, options.load, options.seed);
  out += fmt::format("{:<22}{:>10}{:>10}{:>10}{:>10}\n", "wait (virtual s)", "p50", "p90", "p99",
                     "max");
  for (const auto& [priority, it] : figures.waits) {
    out += fmt::format("  priority {:<11}{:>10.0f}{:>10.0f}{:>10.0f}{:>10.0f}\n", priority, it.p50,
                       it.p90, it.p99, it.max);
  }
  const auto line = [&out](const char* name, const std::string& value) {
    out += fmt::format("{:<22}{:>10}\n", name, value);
  };
  line("virtual hours", fmt::format("{:.2f}", figures.virtual_hours));
  line("placements", std::to_string(figures.placements));
  line("attempts again", std::to_string(figures.attempts_again));
  line("builds", std::to_string(figures.builds));
  line("workers lost", std::to_string(figures.workers_lost));
  line("most waiting", std::to_string(figures.most_waiting));
  line("utilisation", fmt::format("{:.3f}", figures.utilisation));
  line("fairness (Jain)",
       fmt::format("{:.3f} over {} saturated windows", figures.fairness, figures.fair_windows));
  line("real seconds", fmt::format("{:.1f}", figures.real_seconds));
  line("  in the scheduler", fmt::format("{:.1f}", figures.scheduler_seconds));
  line("placements/s", fmt::format("{:.0f} real, {:.0f} of the scheduler alone",
                                   per_second(figures.placements, figures.real_seconds),
                                   per_second(figures.placements, figures.scheduler_seconds)));
  line("peak memory", fmt::format("{} MiB", figures.peak_bytes >> 20));
  return out;
}

std::string json(const Options& options, const Figures& figures) {
  const boost::json::object document{
      {"workers", options.workers},
      {"jobs", options.jobs},
      {"submitters", options.submitters},
      {"load", options.load},
      {"seed", options.seed},
      {"waits_s", waits_json(figures)},
      {"virtual_hours", figures.virtual_hours},
      {"placements", figures.placements},
      {"attempts_again", figures.attempts_again},
      {"builds", figures.builds},
      {"workers_lost", figures.workers_lost},
      {"most_waiting", figures.most_waiting},
      {"utilisation", figures.utilisation},
      {"fairness_jain", figures.fairness},
      {"fair_windows", figures.fair_windows},
      {"real_s", figures.real_seconds},
      {"scheduler_s", figures.scheduler_seconds},
      {"placements_per_s", per_second(figures.placements, figures.real_seconds)},
      {"peak_bytes", figures.peak_bytes},
  };
  return boost::json::serialize(document) + "\n";
}

}  // namespace luolab::simulation
