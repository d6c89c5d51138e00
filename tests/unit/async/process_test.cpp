// SPDX-License-Identifier: Apache-2.0
#include "core/async/process.h"

#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<ProcessOutput> run(ProcessSpec spec, std::function<void(std::string_view)> on_line = {}) {
  asio::io_context io;
  return run_task(io, run_process(std::move(spec), std::move(on_line)));
}

TEST(Process, GivesTheExitCodeAndBothOutputs) {
  const auto result = run({.program = "sh", .arguments = {"-c", "echo out; echo err >&2; exit 3"}});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->output, "out\nerr\n");
}

TEST(Process, ReportsASignalAs128PlusItsNumber) {
  const auto result = run({.program = "sh", .arguments = {"-c", "kill -SEGV $$"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 128 + SIGSEGV);
}

TEST(Process, NamesAProgramThatIsNotThere) {
  const auto result = run({.program = "no-such-program"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::lab);
  EXPECT_THAT(result.error().what, HasSubstr("no-such-program"));
}

TEST(Process, NamesAWorkingDirectoryThatIsNotThere) {
  const auto result = run({.program = "true", .working_directory = "/no/such/folder"});
  ASSERT_FALSE(result);
}

TEST(Process, PassesLinesAsTheyComeAndTheLastWithoutNewline) {
  std::vector<std::string> lines;
  const auto result = run({.program = "printf", .arguments = {"a\\nb\\n\\nc"}},
                          [&](std::string_view line) { lines.emplace_back(line); });
  ASSERT_TRUE(result);
  EXPECT_THAT(lines, ElementsAre("a", "b", "", "c"));
}

TEST(Process, AddsToTheEnvironmentAndReplacesWhatIsThere) {
  const auto result = run({.program = "sh",
                           .arguments = {"-c", "echo $LUOLAB_TEST $HOME"},
                           .environment = {"LUOLAB_TEST=yes", "HOME=/elsewhere"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "yes /elsewhere\n");
}

TEST(Process, KeepsTheEndOfAnEndlessOutput) {
  const auto result =
      run({.program = "sh", .arguments = {"-c", "head -c 20000000 /dev/zero; echo; echo the end"}});
  ASSERT_TRUE(result);
  EXPECT_LE(result->output.size(), std::size_t{8} << 20);
  EXPECT_TRUE(result->output.ends_with("the end\n"));
}

TEST(Process, InheritsNoOtherDescriptors) {
  const UniqueFd secret(::dup(0));  // not close-on-exec
  const auto result = run({.program = "sh", .arguments = {"-c", "ls /proc/self/fd | wc -l"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "4\n");  // 0, 1, 2 and the folder that ls reads
}

TEST(Process, DestructorKillsTheWholeGroup) {
  asio::io_context io;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  {
    auto process =
        Process::start(io.get_executor(), {.program = "sh",
                                           .arguments = {"-c", "sleep 1000 & echo; sleep 1000"},
                                           .descriptors = {{1, writer.get()}}});
    ASSERT_TRUE(process) << process.error().what;
    writer.reset();
    char newline = 0;
    ASSERT_EQ(::read(reader.get(), &newline, 1), 1);
  }
  // End of file: nobody of the group holds the pipe any more.
  char rest = 0;
  EXPECT_EQ(::read(reader.get(), &rest, 1), 0);
}

TEST(Process, FileSizeLimitEndsTheWriter) {
  const TempDir folder(std::filesystem::temp_directory_path());
  const auto result = run({.program = "head",
                           .arguments = {"-c", "100000", "/dev/zero"},
                           .descriptors = {},
                           .max_file_bytes = 10});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 0) << "a pipe is no file";
  const auto file = run(
      {.program = "dd",
       .arguments = {"if=/dev/zero", "of=" + (folder.path() / "x").string(), "bs=100", "count=1"},
       .max_file_bytes = 10});
  ASSERT_TRUE(file);
  EXPECT_NE(file->exit_code, 0);
}

}  // namespace
}  // namespace luolab
