// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/git_range.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/unique_fd.h"

namespace luolab {
namespace {

/// A child with its standard output and error in two files that nobody else sees.
class GitRun {
 public:
  explicit GitRun(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

  /// The exit code; 127 where git can't be started.
  int run(const std::filesystem::path& output, const std::filesystem::path& errors) {
    std::vector<char*> words;
    for (std::string& argument : arguments_) words.push_back(argument.data());
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT, 0600);
    ::posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, "git", &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    return failed != 0 ? 127 : wait_for(child);
  }

 private:
  static int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::vector<std::string> arguments_;
};

}  // namespace

Result<std::string> format_patches(const std::filesystem::path& folder, const std::string& range,
                                   std::uint64_t limit_bytes) {
  const TempDir scratch(std::filesystem::temp_directory_path(), "luolab-git-");
  const auto output = scratch.path() / "mbox";
  const auto errors = scratch.path() / "errors";
  GitRun git({"git", "-C", folder.string(), "-c", "format.signature=", "-c", "format.attach=",
              "format-patch", "--stdout", "--no-cover-letter", "--no-color", "--no-ext-diff",
              "--src-prefix=a/", "--dst-prefix=b/", "--end-of-options", range, "--"});
  const int exit_code = git.run(output, errors);
  if (exit_code == 127) return lab_error("git can't be started (apt-get install git)");
  if (exit_code != 0) {
    const auto words = read_file(errors, 4096);
    return scenario_error(
        fmt::format("git:{}:{}: {}", folder.string(), range,
                    words ? *words : fmt::format("git exits with {}", exit_code)));
  }
  auto mbox = read_file(output, limit_bytes);
  if (!mbox) return in_context(fmt::format("git:{}:{}", folder.string(), range), mbox.error());
  return mbox;
}

}  // namespace luolab
