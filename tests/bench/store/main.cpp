// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "tests/bench/store/filling.h"
#include "tests/bench/store/pages.h"
#include "tests/bench/store/throughput.h"

// luolab-store-bench FOLDER [JOBS]: fills a new store in FOLDER (or takes the one that is there)
// and prints what it costs. Exit code 1: slower than docs/store.md promises.

namespace luolab::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kOpenBar = 1.0;    // seconds
constexpr double kPairsBar = 5000;  // per second
constexpr std::size_t kPairs = 30'000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void fill_new(const std::filesystem::path& file, std::size_t jobs) {
  if (std::filesystem::exists(file)) return;
  Store store = Store::open(file).value();
  const auto start = Clock::now();
  fill(store, jobs);
  const double took = seconds_since(start);
  fmt::print("filled with {} jobs in {:.1f} s: {:.0f} jobs/s\n", jobs, took,
             static_cast<double>(jobs) / took);
}

bool print_open(const std::filesystem::path& file) {
  const auto start = Clock::now();
  Store store = Store::open(file).value();
  store.running_attempts();
  store.list_runs(1);
  const double took = seconds_since(start);
  fmt::print("file {:.2f} GiB, opened in {:.3f} s\n",
             static_cast<double>(std::filesystem::file_size(file)) / (1 << 30), took);
  return took <= kOpenBar;
}

bool print_pairs(const std::filesystem::path& file) {
  bool fast = true;
  for (const std::size_t lanes : {std::size_t{1}, std::size_t{64}, std::size_t{512}}) {
    const PairRate rate = measure_pairs(file, lanes == 1 ? 1000 : kPairs, lanes);
    fmt::print("{} at a time: {:.0f} lease+finish pairs/s, {:.0f} us of CPU each\n", lanes,
               rate.per_second, rate.cpu_microseconds);
    if (lanes == 64) fast = rate.per_second >= kPairsBar;
  }
  return fast;
}

int measure(const std::filesystem::path& folder, std::size_t jobs) {
  const auto file = store_file(folder);
  fill_new(file, jobs);
  const bool opens = print_open(file);
  const bool pages = print_pages(Store::open_reader(file).value());
  const bool pairs = print_pairs(file);
  return opens && pages && pairs ? 0 : 1;
}

}  // namespace
}  // namespace luolab::bench

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (argc < 2 || std::string_view(argv[1]).starts_with('-')) {
    fmt::print(stderr, "usage: luolab-store-bench FOLDER [JOBS]\n");
    return 2;
  }
  std::size_t jobs = 1'000'000;
  if (argc > 2) {
    const std::string_view text = argv[2];
    std::from_chars(text.data(), text.data() + text.size(), jobs);
  }
  return luolab::bench::measure(argv[1], jobs);
}
