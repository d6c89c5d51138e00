// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/prebuilt.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "worker/kernel/kernel_image.h"
#include "worker/kernel/metadata.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

struct PrebuiltFiles {
  fs::path image;
  fs::path vmlinux;
};

Result<PrebuiltFiles> find_files(const BaseSpec& base) {
  const fs::path place = base.location;
  if (fs::is_regular_file(place)) return PrebuiltFiles{place, {}};
  const fs::path image = place / "arch/x86/boot/bzImage";
  if (!fs::is_regular_file(image)) {
    return scenario_error(fmt::format("base {}: {} is neither a bzImage nor a build tree with {}",
                                      base.name, place.string(), "arch/x86/boot/bzImage"));
  }
  const fs::path vmlinux = place / "vmlinux";
  return PrebuiltFiles{image, fs::exists(vmlinux) ? vmlinux : fs::path()};
}

}  // namespace

Result<CachedBuild> adopt_prebuilt(const CacheFolder& cache, const KernelSpec& kernel) {
  if (!kernel.series.empty()) {
    return scenario_error(
        fmt::format("base {}: a prebuilt kernel can't be patched (use its source: dir:PATH)",
                    kernel.base.name));
  }
  const auto files = find_files(kernel.base);
  if (!files) return files.error();
  const auto release = release_of_image(files->image);
  if (!release) return in_context("base " + kernel.base.name, release.error());
  BuildRecord record;
  record.title = kernel.base.name;
  record.release = *release;
  record.base_version = *release;
  if (!files->vmlinux.empty()) {
    const auto build_id = build_id_of(files->vmlinux);
    if (!build_id) return in_context("base " + kernel.base.name, build_id.error());
    record.build_id = *build_id;
  }
  const WorkArea area(cache);
  const fs::path folder = area.path() / "build";
  fs::create_directories(folder);
  fs::copy_file(files->image, folder / "bzImage");
  record.digest = sha256_of_file(folder / "bzImage");
  if (auto there = find_build(cache, record.digest)) return std::move(*there);
  if (!files->vmlinux.empty()) fs::copy_file(files->vmlinux, folder / "vmlinux");
  BuildStory story;
  story.record = record;
  story.kernel = &kernel;
  story.base.origin = kernel.base.location;
  story.base.version = *release;
  write_file_atomically(folder / "metadata.json", pretty(metadata_of(story)));
  write_record(folder, record);
  publish(folder, cache.build(record.digest));
  return std::move(*find_build(cache, record.digest));
}

}  // namespace luolab
