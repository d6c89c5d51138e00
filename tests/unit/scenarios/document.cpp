// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scenarios/document.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace luolab::testing {

Catalog small_catalog() {
  return {
      {{.name = "linux-7.2"}, {.name = "linux-7.3"}},
      {{"phase-stamps", {{"0001-stamps.patch", "--- a\n+++ b\n"}}}, {"other", {{"o.patch", "o"}}}},
      {{"liveupdate", "CONFIG_LIVEUPDATE=y\n"},
       {"qemu-x86_64", "CONFIG_64BIT=y\n"},
       {"debug", "CONFIG_KASAN=y\n"}}};
}

std::string document_with(std::string_view more) {
  return "apiVersion: luolab/v1\n"
         "name: x\n"
         "kernels: {outgoing: {base: linux-7.3}}\n"
         "sessions:\n"
         "  - {name: s, memfds: [{name: m, size: 1MiB}]}\n" +
         std::string(more);
}

std::string document_with_memfd(std::string_view memfd) {
  return "apiVersion: luolab/v1\n"
         "name: x\n"
         "kernels: {outgoing: {base: linux-7.3}}\n"
         "sessions:\n"
         "  - name: s\n"
         "    memfds: [" +
         std::string(memfd) + "]\n";
}

std::string errors_of(std::string_view text) {
  const Catalog catalog = small_catalog();
  return to_string(load_scenarios(text, "x.yaml", &catalog).errors);
}

Scenario scenario_of(std::string_view text) {
  LoadResult loaded = load_scenarios(text, "x.yaml");
  EXPECT_EQ(to_string(loaded.errors), "");
  if (loaded.scenarios.empty()) throw std::runtime_error("no scenario in the test's text");
  return std::move(loaded.scenarios.front());
}

std::vector<Job> jobs_of(std::string_view text, const ExpandOptions& options) {
  ExpandResult expanded = expand(scenario_of(text), small_catalog(), options);
  EXPECT_EQ(to_string(expanded.errors), "");
  return std::move(expanded.jobs);
}

std::string expand_errors_of(std::string_view text, const ExpandOptions& options) {
  const ExpandResult expanded = expand(scenario_of(text), small_catalog(), options);
  EXPECT_TRUE(expanded.jobs.empty()) << "errors and jobs exclude each other";
  return to_string(expanded.errors);
}

}  // namespace luolab::testing
