// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/git_source.h"

#include <fmt/format.h>

#include "core/base/sha256.h"
#include "worker/kernel/tool.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

ProcessSpec git(const fs::path& repository, std::vector<std::string> words) {
  ProcessSpec spec;
  spec.program = "git";
  spec.arguments = {"-C", repository.string()};
  spec.arguments.insert(spec.arguments.end(), words.begin(), words.end());
  spec.environment = {"GIT_TERMINAL_PROMPT=0"};
  return spec;
}

bool is_url(const std::string& location) { return location.find("://") != std::string::npos; }

Task<Result<std::string>> commit_of(fs::path repository, std::string ref) {
  auto spec =
      git(repository, {"rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}"});
  auto output = co_await run_process(std::move(spec));
  if (!output) co_return output.error();
  if (output->exit_code != 0) {
    co_return scenario_error(
        fmt::format("{}: has no commit \"{}\" {}", repository.string(), ref, output->output));
  }
  co_return output->output.substr(output->output.size() < 41 ? 0 : output->output.size() - 41, 40);
}

/// The remote commit is kept under a ref of ours, so that it is found again without the network.
std::string kept_ref(const std::string& ref) {
  return "refs/luolab/" + sha256_of(ref).substr(0, 16);
}

Task<Result<GitCommit>> resolve_url(CacheFolder cache, BaseSpec base, bool refresh) {
  const fs::path repository = cache.git() / sha256_of(base.location).substr(0, 16);
  fs::create_directories(repository);
  auto init = git(repository, {"init", "--quiet", "--bare", "."});
  const auto made = co_await run_tool(std::move(init));
  if (!made) co_return made.error();
  if (!refresh) {
    const auto known = co_await commit_of(repository, kept_ref(base.ref));
    if (known) co_return GitCommit{repository, *known};
  }
  auto fetch = git(repository, {"fetch", "--quiet", "--depth=1", "--no-tags", "--end-of-options",
                                base.location, "+" + base.ref + ":" + kept_ref(base.ref)});
  const auto fetched = co_await run_tool(std::move(fetch));
  if (!fetched) co_return in_context(fmt::format("base {}", base.name), fetched.error());
  const auto commit = co_await commit_of(repository, kept_ref(base.ref));
  if (!commit) co_return commit.error();
  co_return GitCommit{repository, *commit};
}

}  // namespace

Task<Result<GitCommit>> resolve_commit(CacheFolder cache, BaseSpec base, bool refresh) {
  if (is_url(base.location)) {
    auto remote = co_await resolve_url(std::move(cache), std::move(base), refresh);
    co_return remote;
  }
  if (!fs::is_directory(base.location)) {
    co_return scenario_error(fmt::format("base {}: {}: no such folder", base.name, base.location));
  }
  const auto commit = co_await commit_of(base.location, base.ref);
  if (!commit) co_return in_context(fmt::format("base {}", base.name), commit.error());
  co_return GitCommit{base.location, *commit};
}

Task<Result<std::string>> check_out(GitCommit commit, fs::path folder, fs::path scratch) {
  const fs::path archive = scratch / "source.tar";
  auto pack = git(commit.repository,
                  {"archive", "--format=tar", "--output=" + archive.string(), commit.commit});
  const auto packed = co_await run_tool(std::move(pack));
  if (!packed) co_return packed.error();
  ProcessSpec unpack;
  unpack.program = "tar";
  unpack.arguments = {"-xf", archive.string(), "-C", folder.string()};
  auto unpacked = co_await run_tool(std::move(unpack));
  fs::remove(archive);
  co_return unpacked;
}

}  // namespace luolab
