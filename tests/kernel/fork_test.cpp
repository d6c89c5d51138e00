// SPDX-License-Identifier: Apache-2.0
// A machine that is saved at a point and goes on from there, more than once.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"
#include "worker/run/run_plan.h"
#include "worker/target/initramfs.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Fork : public LabFixture {};

Task<std::string> next_agent_line(QemuTarget& target) {
  for (;;) {
    TargetEvent event = co_await target.next_event();
    if (event.kind == TargetEvent::Kind::agent_line) co_return event.text;
    if (event.kind == TargetEvent::Kind::gone) co_return "gone: " + event.text;
  }
}

TEST_F(Fork, ASavedMachineGoesOnTwiceFromTheSamePoint) {
  const KernelBuild kernel = build(quickstart().kernels[0]);
  const TempDir folder(std::filesystem::temp_directory_path());
  const auto archive = agent_initramfs(places().agent);
  ASSERT_TRUE(archive) << archive.error().what;
  write_scratch_file(folder.path() / "initrd", *archive);
  const BootSpec boot{.name = "fork",
                      .image = kernel.image,
                      .initrd = folder.path() / "initrd",
                      .cmdline = kernel_cmdline(quickstart()),
                      .memory_bytes = std::uint64_t{1} << 30,
                      .cpus = 1,
                      .console_file = folder.path() / "console.log"};
  const auto memory = folder.path() / "memory";
  const auto state = folder.path() / "state";
  asio::io_context io;

  const auto save = [&]() -> Task<std::string> {
    QemuOptions options;
    options.memory_file = MemoryFile{memory, true};
    QemuTarget target(io.get_executor(), options);
    const auto started = co_await target.start(boot);
    if (!started) co_return started.error().what;
    const std::string hello = co_await next_agent_line(target);
    const auto saved = co_await target.save(state);
    if (!saved) co_return saved.error().what;
    co_return hello;
  };
  const auto resume = [&]() -> Task<std::string> {
    QemuOptions options;
    options.memory_file = MemoryFile{memory, false};
    options.await_state = true;
    QemuTarget target(io.get_executor(), options);
    const auto started = co_await target.start(boot);
    if (!started) co_return started.error().what;
    const auto resumed = co_await target.resume(state);
    if (!resumed) co_return resumed.error().what;
    std::string request = R"({"id":1,"op":"memfd.create","memfd":"m","size":4096})";
    co_await target.send(std::move(request));
    co_return co_await next_agent_line(target);
  };
  EXPECT_THAT(run_task(io, save()), HasSubstr("\"hello\""));
  EXPECT_THAT(run_task(io, resume()), HasSubstr("\"ok\":true"));
  EXPECT_THAT(run_task(io, resume()), HasSubstr("\"ok\":true"))
      << "the first fork left its memory in the file";
}

}  // namespace
}  // namespace luolab
