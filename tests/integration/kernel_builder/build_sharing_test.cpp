// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gmock/gmock.h>

#include "tests/integration/kernel_builder/build_harness.h"
#include "tests/integration/kernel_builder/toy_kernel.h"

namespace luolab {
namespace {

using testing::Contains;

namespace fs = std::filesystem;

class BuildSharing : public BuildHarness {
 protected:
  KernelSpec hanging() const {
    return toy_kernel(source(), {value_patch("mm/shmem.c", "shmem_value", 1, "int HANG = 1;")});
  }
  std::size_t logs_with_a_compiler_run() const {
    std::size_t count = 0;
    for (const CachedBuild& build : list_builds(cache())) {
      count +=
          read_file(build.folder / "build.log").value().find("  CC ") != std::string::npos ? 1 : 0;
    }
    return count;
  }
  /// Whether any process still runs below this test's folder.
  bool has_processes() const {
    for (const auto& process : fs::directory_iterator("/proc")) {
      std::ifstream file(process.path() / "cmdline", std::ios::binary);
      const std::string words{std::istreambuf_iterator<char>(file), {}};
      if (words.find(cache().root.string()) != std::string::npos) return true;
    }
    return false;
  }
};

TEST_F(BuildSharing, TwoBuildsOfOneKeyInOneProcessMakeOne) {
  KernelBuilder builder(context_.get_executor(), options());
  std::vector<BuildResult> results;
  std::vector<std::string> waits;
  const auto one = [&]() -> Task<void> {
    ProgressReport report = [&](const BuildProgress& progress) {
      if (progress.stage == "waiting for another process") waits.push_back(progress.stage);
    };
    auto result = co_await builder.build(toy_kernel(source()), std::move(report));
    results.push_back(std::move(result));
  };
  const auto rethrow = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  asio::co_spawn(context_, one, rethrow);
  asio::co_spawn(context_, one, rethrow);
  context_.run();
  ASSERT_EQ(results.size(), 2U);
  ASSERT_TRUE(results[0] && results[1]);
  EXPECT_EQ(results[0]->digest, results[1]->digest);
  EXPECT_FALSE(waits.empty());
  EXPECT_EQ(list_builds(cache()).size(), 1U);
}

TEST_F(BuildSharing, TwoProcessesBuildOneKeyOnce) {
  std::vector<pid_t> children;
  for (int index = 0; index < 2; ++index) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      asio::io_context own;
      KernelBuilder builder(own.get_executor(), options());
      bool compiled = false;
      const auto report = [&](const BuildProgress& progress) {
        compiled = compiled || progress.stage == "compiling";
      };
      const auto result = run_task(own, builder.build(toy_kernel(source()), report));
      ::_exit(!result.has_value() ? 2 : compiled ? 1 : 0);
    }
    children.push_back(child);
  }
  int compiled = 0;
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_NE(WEXITSTATUS(status), 2) << "a build failed";
    compiled += WEXITSTATUS(status);
  }
  EXPECT_EQ(compiled, 1);
  EXPECT_EQ(logs_with_a_compiler_run(), 1U);
}

TEST_F(BuildSharing, ACancelledBuildLeavesNothing) {
  KernelBuilder builder(context_.get_executor(), options());
  asio::cancellation_signal cancel;
  std::exception_ptr thrown;
  const auto watch = [&](const BuildProgress& progress) {
    if (progress.stage == "compiling" && progress.done > 0) {
      asio::post(context_, [&] { cancel.emit(asio::cancellation_type::terminal); });
    }
  };
  const auto build = [&]() -> Task<void> {
    ProgressReport report = watch;
    auto kernel = hanging();
    const auto result = co_await builder.build(std::move(kernel), std::move(report));
    EXPECT_FALSE(result.has_value());
    if (result) co_return;
    EXPECT_EQ(result.error().error.fault, Fault::canceled);
  };
  asio::co_spawn(context_, build,
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](std::exception_ptr failure) { thrown = failure; }));
  context_.run();
  EXPECT_TRUE(fs::is_empty(cache().work()));
  EXPECT_TRUE(list_builds(cache()).empty());
  EXPECT_FALSE(has_processes());
  EXPECT_TRUE(FileLock::attempt(cache().lock("probe")).held());
}

TEST_F(BuildSharing, ABuilderThatIsKilledLeavesNoProcessAndItsAreaIsCollected) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    asio::io_context own;
    KernelBuilder builder(own.get_executor(), options());
    const auto report = [&](const BuildProgress& progress) {
      if (progress.stage == "compiling" && progress.done > 0 && ::write(ready[1], "x", 1) != 1)
        ::_exit(3);
    };
    run_task(own, builder.build(hanging(), report));
    ::_exit(4);
  }
  ::close(ready[1]);
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(fs::is_empty(cache().work()));
  const KernelBuilder next(context_.get_executor(), options());
  EXPECT_TRUE(fs::is_empty(cache().work()));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (has_processes() && std::chrono::steady_clock::now() < deadline) ::sched_yield();
  EXPECT_FALSE(has_processes());
}

TEST_F(BuildSharing, ABuildGoesOnAfterACancelledOne) {
  {
    KernelBuilder builder(context_.get_executor(), options());
    auto task = within(std::chrono::milliseconds{500}, builder.build(hanging()));
    const auto result = run_task(context_, std::move(task));
    EXPECT_FALSE(result.has_value());
  }
  const auto good = build(toy_kernel(source()));
  EXPECT_TRUE(good.has_value());
  EXPECT_TRUE(fs::is_empty(cache().work()));
}

}  // namespace
}  // namespace luolab
