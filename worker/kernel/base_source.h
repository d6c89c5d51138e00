// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <boost/describe/class.hpp>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"
#include "worker/kernel/cache_folder.h"

namespace luolab {

/// An unpatched source tree in the cache. Nobody changes it.
struct BaseTree {
  std::string digest;   ///< of its content (TreeDigest)
  std::string version;  ///< "7.3.4-1~bpo13+1", a commit, the tarball's or the tree's digest
  std::string origin;   ///< where it came from, for metadata
  std::string sha256;   ///< of the package or tarball; empty for others
  std::filesystem::path tree;
};

/// How a base is looked for.
struct FetchPolicy {
  bool locked = false;   ///< deb: refuse any version but the recorded one
  bool refresh = false;  ///< deb, git: ask the archive even where an answer is in the cache
};

/// Told of each stage ("fetching", "unpacking", ...); zeros where the amount is not known.
using StageReport =
    std::function<void(const std::string& stage, std::uint64_t done, std::uint64_t total)>;

/// The base in the cache; where it is not, fetches and unpacks it, once also when two
/// processes ask at the same time. No network is needed for what is in the cache. Works
/// as an ordinary user. Blocking work runs on `blocking`. Fault::scenario: the spec is wrong or a
/// locked version is gone; Fault::lab: archive, network, disk. Cancelling leaves nothing half.
Task<Result<BaseTree>> provide_base(CacheFolder cache, asio::any_io_executor blocking,
                                    BaseSpec base, FetchPolicy policy, StageReport report);

/// The base where it is in the cache already; no network. For kind dir this reads the dates of
/// all files.
Result<std::optional<BaseTree>> cached_base(const CacheFolder& cache, const BaseSpec& base,
                                            bool locked);

/// Writes `base.json` beside a finished tree / reads it.
void write_base_record(const std::filesystem::path& folder, const BaseTree& base);
std::optional<BaseTree> read_base_record(const std::filesystem::path& folder);

}  // namespace luolab
