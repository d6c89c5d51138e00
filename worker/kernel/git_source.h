// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"
#include "worker/kernel/cache_folder.h"

namespace luolab {

/// A commit of a repository on this machine.
struct GitCommit {
  std::filesystem::path repository;
  std::string commit;  ///< 40 hexadecimal digits
};

/// What `base.ref` is at present. A folder is asked as it is; of a URL one commit is fetched into
/// a bare repository in the cache, unless it is there and `refresh` is not asked for.
/// Fault::scenario where folder or ref are not there, Fault::lab where the network is the trouble.
Task<Result<GitCommit>> resolve_commit(CacheFolder cache, BaseSpec base, bool refresh);

/// Writes the commit's files into `folder`.
Task<Result<std::string>> check_out(GitCommit commit, std::filesystem::path folder,
                                    std::filesystem::path scratch);

}  // namespace luolab
