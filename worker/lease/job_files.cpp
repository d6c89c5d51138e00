// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/job_files.h"

#include <string>
#include <string_view>

namespace luolab {
namespace {

constexpr std::string_view kArtifact = "artifact:";

}  // namespace

Task<Result<void>> obtain_files(ControllerApi& api, Job& job, std::filesystem::path folder) {
  for (LoadSpec& load : job.load) {
    if (!load.file.starts_with(kArtifact)) continue;
    const std::string digest = load.file.substr(kArtifact.size());
    const std::filesystem::path file = folder / digest;
    const auto got = co_await api.get_artifact(digest, file);
    if (!got) co_return in_context("the program of a load", got.error());
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    load.file = file.string();
  }
  co_return Result<void>();
}

}  // namespace luolab
