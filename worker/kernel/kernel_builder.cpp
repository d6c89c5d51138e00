// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/kernel_builder.h"

#include <stdexcept>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "worker/kernel/base_source.h"
#include "worker/kernel/build_cache.h"
#include "worker/kernel/build_job.h"
#include "worker/kernel/build_key.h"
#include "worker/kernel/key_lock.h"
#include "worker/kernel/prebuilt.h"
#include "worker/kernel/toolchain.h"

namespace luolab {
namespace {

KernelBuild build_of(const CachedBuild& cached) {
  const auto vmlinux = cached.folder / "vmlinux";
  return {cached.record.digest,
          cached.folder / "bzImage",
          std::filesystem::exists(vmlinux) ? vmlinux : std::filesystem::path(),
          cached.folder / "metadata.json",
          cached.record.release,
          cached.record.build_id,
          cached.record.base_version};
}

BuildError lab_trouble(Error error) { return {BuildTrouble::lab, std::move(error), {}}; }

StageReport stages_of(const ProgressReport& report) {
  if (!report) return {};
  return [report](const std::string& stage, std::uint64_t done, std::uint64_t total) {
    report({stage, done, total, std::chrono::seconds{0}});
  };
}

}  // namespace

void throw_exception_from_error(const BuildError& error, const boost::source_location&) {
  throw std::runtime_error(error.error.what + "\n" + error.evidence);
}

struct KernelBuilder::Parts {
  asio::any_io_executor executor;
  BuilderOptions options;
  CacheFolder cache;
  asio::thread_pool blocking{1};

  FetchPolicy policy(bool refresh = false) const { return {options.locked, refresh}; }
  Result<Toolchain> toolchain() const { return find_toolchain(cache.root / "toolchain.json"); }
};

KernelBuilder::KernelBuilder(asio::any_io_executor executor, BuilderOptions options)
    : parts_(std::make_unique<Parts>()) {
  parts_->executor = std::move(executor);
  parts_->cache.root = std::filesystem::absolute(options.cache_dir);
  parts_->options = std::move(options);
  if (parts_->options.compiler_cache.empty())
    parts_->options.compiler_cache = parts_->cache.compiler_cache();
  parts_->cache.create();
  collect_abandoned(parts_->cache);
}

KernelBuilder::~KernelBuilder() = default;

Task<BuildResult> KernelBuilder::build(KernelSpec kernel, ProgressReport report) {
  Parts& parts = *parts_;
  if (kernel.base.kind == BaseKind::prebuilt) {
    auto adopt = [&parts, &kernel] { return adopt_prebuilt(parts.cache, kernel); };
    const auto adopted = co_await run_on(parts.blocking.get_executor(), std::move(adopt));
    if (!adopted) co_return lab_trouble(adopted.error());
    co_return build_of(*adopted);
  }
  StageReport stages = stages_of(report);
  auto base = co_await provide_base(parts.cache, parts.blocking.get_executor(), kernel.base,
                                    parts.policy(), std::move(stages));
  if (!base) co_return lab_trouble(base.error());
  auto toolchain = parts.toolchain();
  if (!toolchain) co_return lab_trouble(toolchain.error());
  auto ingredients = BuildIngredients::of(kernel, base->digest, std::move(*toolchain));
  const std::string key = ingredients.key();
  if (const auto there = find_build(parts.cache, key)) co_return build_of(*there);
  std::function<void()> on_wait = [&report] {
    if (report) report({"waiting for another process", 0, 0, std::chrono::seconds{0}});
  };
  const FileLock lock = co_await take_lock(parts.cache.lock(key), std::move(on_wait));
  if (const auto there = find_build(parts.cache, key)) co_return build_of(*there);
  BuildOrder order{parts.cache,      parts.options,          std::move(kernel),
                   std::move(*base), std::move(ingredients), std::move(report)};
  BuildJob job(std::move(order));
  auto result = co_await job.run();
  co_return result;
}

Result<std::optional<KernelBuild>> KernelBuilder::cached(const KernelSpec& kernel) {
  if (kernel.base.kind == BaseKind::prebuilt) return std::nullopt;
  const auto base = cached_base(parts_->cache, kernel.base, parts_->options.locked);
  if (!base) return base.error();
  if (!*base) return std::nullopt;
  auto toolchain = parts_->toolchain();
  if (!toolchain) return toolchain.error();
  const auto ingredients = BuildIngredients::of(kernel, (*base)->digest, std::move(*toolchain));
  const auto there = find_build(parts_->cache, ingredients.key());
  if (!there) return std::nullopt;
  return build_of(*there);
}

Task<Result<std::string>> KernelBuilder::fetch(BaseSpec base, bool refresh, ProgressReport report) {
  Parts& parts = *parts_;
  StageReport stages = stages_of(report);
  const auto tree =
      co_await provide_base(parts.cache, parts.blocking.get_executor(), std::move(base),
                            parts.policy(refresh), std::move(stages));
  if (!tree) co_return tree.error();
  co_return tree->version;
}

}  // namespace luolab
