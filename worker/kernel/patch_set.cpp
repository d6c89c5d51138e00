// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/patch_set.h"

#include <sstream>

#include <fmt/format.h>

#include "core/base/file.h"
#include "kernel-patches/patch_text.h"
#include "worker/kernel/tool.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostRejectBytes = 8 << 10;
constexpr std::size_t kMostWordBytes = 2 << 10;

SandboxSpec patch_command(const PatchedTree& tree, const fs::path& patch_file) {
  SandboxSpec spec;
  spec.mounts = {{tree.real(), "/tree", true}, {patch_file, "/patch"}};
  spec.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TMPDIR=/tmp"};
  spec.working_directory = "/tree";
  spec.command = {"patch",
                  "--strip=1",
                  "--fuzz=0",
                  "--force",
                  "--no-backup-if-mismatch",
                  "--reject-file=/tree/.rejects",
                  "--input=/patch"};
  return spec;
}

/// Without patch(1)'s quotations of the text around a hunk that it found no file for.
std::string told(const std::string& output) {
  std::string text;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line) && text.size() < kMostWordBytes;) {
    if (line.starts_with('|') || line.starts_with("-----") ||
        line.starts_with("The text leading up"))
      continue;
    text += line + "\n";
  }
  return text;
}

std::string evidence_of(const PatchedTree& tree, const std::string& output) {
  std::string evidence = told(output);
  if (const auto rejects = read_file(tree.real() / ".rejects", std::uint64_t{64} << 20)) {
    evidence += rejects->substr(0, kMostRejectBytes);
  }
  return evidence;
}

/// bwrap's and prlimit's own troubles are not the patch's.
bool is_lab_trouble(const ProcessOutput& output) {
  return output.exit_code > 2 || output.output.starts_with("bwrap: ") ||
         output.output.starts_with("prlimit: ");
}

}  // namespace

Task<Result<std::optional<PatchRejection>>> apply_patches(PatchedTree& tree,
                                                          std::vector<Patch> patches,
                                                          fs::path scratch) {
  const fs::path file = scratch / "patch";
  for (const Patch& patch : patches) {
    if (!tree.open(files_of_patch(patch.text))) {
      co_return PatchRejection{patch.name, "the patch names a file outside of the source tree"};
    }
    write_file_atomically(file, patch.text);
    auto command = sandboxed(patch_command(tree, file));
    const auto output = co_await run_process(std::move(command));
    if (!output) co_return output.error();
    if (output->exit_code == 0) continue;
    if (is_lab_trouble(*output)) {
      co_return lab_error(
          fmt::format("patch can't be run in the sandbox: {}", last_lines(output->output, 5)));
    }
    co_return PatchRejection{patch.name, evidence_of(tree, output->output)};
  }
  tree.restore_folders();
  co_return std::nullopt;
}

}  // namespace luolab
