// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// A finished kernel in the cache. Its files are never changed.
struct KernelBuild {
  std::string digest;              ///< the build's key
  std::filesystem::path image;     ///< bzImage
  std::filesystem::path vmlinux;   ///< empty for a prebuilt image without one
  std::filesystem::path metadata;  ///< metadata.json
  std::string release;             ///< "7.3.4"
  std::string build_id;            ///< GNU build id, as /sys/kernel/notes shows it
  std::string base_version;        ///< "7.3.4-1~bpo13+1"
};

struct BuildProgress {
  std::string stage;        ///< "fetching", "unpacking", "patching", "configuring", "compiling",
                            ///< "linking", "waiting for another process"
  std::uint64_t done = 0;   ///< compiling: make's steps; unpacking: bytes
  std::uint64_t total = 0;  ///< about; 0 where it is not known
  std::chrono::seconds left{0};  ///< about; 0 where it is not known
};

enum class BuildTrouble {
  does_not_apply,  ///< a patch does not fit the base: SKIP
  option_missing,  ///< a fragment's option is not in the final .config: SKIP
  compile_failed,  ///< the patched source does not build
  lab,             ///< everything else; `error.fault` says whose
};

/// `error.what` is one line; `evidence` is what proves it: reject hunks, the first compiler error.
struct BuildError {
  BuildTrouble trouble = BuildTrouble::lab;
  Error error;
  std::string evidence;
};

[[noreturn]] void throw_exception_from_error(const BuildError& error,
                                             const boost::source_location& at);

using BuildResult = boost::system::result<KernelBuild, BuildError>;
using ProgressReport = std::function<void(const BuildProgress&)>;

struct BuilderOptions {
  std::filesystem::path cache_dir;
  unsigned jobs = 0;    ///< of make; 0: one per processor
  bool locked = false;  ///< bases must be of the recorded version
  std::chrono::nanoseconds time_limit = std::chrono::minutes{60};
  std::filesystem::path compiler_cache;   ///< ccache's; empty: below cache_dir
  std::set<std::string> trusted_patches;  ///< SHA-256 of patches that may fill the compiler cache
};

/// Builds kernels in a sandbox and keeps them, keyed by everything that decides what comes out.
/// The same key is built once, also by two processes at the same time. A new build grows out of
/// the nearest finished one. Use from the thread of the executor; several builds may run at once.
/// Cancelling a build kills its processes and leaves nothing in the cache.
class KernelBuilder {
 public:
  /// Makes the cache's folders and removes what dead processes left there.
  KernelBuilder(asio::any_io_executor executor, BuilderOptions options);
  ~KernelBuilder();

  Task<BuildResult> build(KernelSpec kernel, ProgressReport report = {});

  /// The build where it is in the cache; asks no network and starts no build. Empty for a base of
  /// kind git or prebuilt, whose state only `build` looks up.
  Result<std::optional<KernelBuild>> cached(const KernelSpec& kernel);

  /// Gets a base into the cache; the version that is there. `refresh` asks the archive again.
  Task<Result<std::string>> fetch(BaseSpec base, bool refresh, ProgressReport report = {});

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace luolab
