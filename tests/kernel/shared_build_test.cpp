// SPDX-License-Identifier: Apache-2.0
// One kernel, two workers with empty caches: it is compiled once. The kernel is a toy that builds
// in a moment and boots nowhere, so the attempts themselves come to nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "db/store.h"
#include "tests/integration/kernel_builder/toy_kernel.h"
#include "tests/kernel/service_fixture.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SharedBuild : public ServiceFixture {
 protected:
  void SetUp() override {
    write_toy_kernel(folder_.path() / "linux-toy");
    const fs::path tarball = folder_.path() / "linux-toy.tar.gz";
    asio::io_context io;
    run_task(io, output_of({.program = "tar",
                            .arguments = {"-czf", tarball, "-C", folder_.path(), "linux-toy"}}));
    const auto bytes = read_file(tarball);
    write_scratch_file(
        toy_scenario(),
        fmt::format("apiVersion: luolab/v1\nname: toy\nsummary: a kernel to build\n"
                    "kernels: {{outgoing: {{base: 'tarball:{}#sha256={}', fragments: []}}}}\n"
                    "repeat: 2\nfork: never\ntimeouts: {{boot: 2s, silence: 2s}}\n"
                    "sessions: [{{name: s, memfds: [{{name: m, size: 1MiB}}]}}]\n",
                    tarball.string(), sha256_of(*bytes)));
  }

  fs::path toy_scenario() const { return folder_.path() / "toy.yaml"; }

  std::unique_ptr<Program> start(const std::string& name, ProcessSpec spec) {
    return std::make_unique<Program>(io_.get_executor(), name, std::move(spec));
  }

  Task<void> come_to_nothing(const std::string& url) {
    const auto submitter =
        start("submit", luolab({"submit", "--wait", toy_scenario(), "--controller", url}));
    const int code = co_await submitter->ended();
    EXPECT_EQ(code, 2) << submitter->output();
  }

  Task<void> story() {
    const std::string ready = "event=ready", line = "\n", connected = "connected";
    const auto service =
        start("controller", luolab({"controller", "--listen", "127.0.0.1:0", "--most-misses", "1",
                                    "--allow-worker-paths"}));
    co_await service->says(ready);
    co_await service->says(line);
    const std::string url = "http://127.0.0.1:" + port_in(service->output());
    const auto east = start("east", worker("east", {"--controller", url}));
    const auto west = start("west", worker("west", {"--controller", url}));
    co_await east->says(connected);
    co_await west->says(connected);
    co_await come_to_nothing(url);
    // Whoever has not built it yet gets it now.
    const std::string builder = builds_of("east").second == 1 ? "east" : "west";
    ProcessSpec drain = luolab({"fleet", "drain", builder, "--controller", url});
    co_await output_of(std::move(drain));
    co_await come_to_nothing(url);
    for (Program* program : {east.get(), west.get(), service.get()}) co_await stop(*program);
  }

  /// Builds in a worker's cache: that it has, and that it compiled itself.
  std::pair<int, int> builds_of(const std::string& name) const {
    int all = 0, own = 0;
    if (!fs::exists(cache_of(name) / "builds")) return {};
    for (const fs::directory_entry& build : fs::directory_iterator(cache_of(name) / "builds")) {
      if (!build.is_directory()) continue;
      ++all;
      if (fs::exists(build.path() / "build.log")) ++own;
    }
    return {all, own};
  }
};

TEST_F(SharedBuild, OneWorkerCompilesTheKernelAndTheOtherGetsIt) {
  run_task(io_, story());
  const auto [east, compiled_in_east] = builds_of("east");
  const auto [west, compiled_in_west] = builds_of("west");
  EXPECT_EQ(east, 1);
  EXPECT_EQ(west, 1);
  EXPECT_EQ(compiled_in_east + compiled_in_west, 1);
  auto store = Store::open_reader(store_file(state()));
  ASSERT_TRUE(store);
  const auto builds = store->fleet_builds({});
  ASSERT_EQ(builds.size(), 1U);
  EXPECT_EQ(builds.front().state, FleetBuildState::ready);
  expect_nothing_left({"east", "west"});
}

}  // namespace
}  // namespace luolab
