// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/lease.h"

#include <algorithm>
#include <string_view>

#include "core/base/sha256.h"

namespace luolab {
namespace {

constexpr std::string_view kKvm = "kvm";

template <class List, class Text>
void add_list(Sha256& digest, const List& list, Text text) {
  digest.add_field(std::to_string(list.size()));
  for (const auto& entry : list) digest.add_field(text(entry));
}

bool content_is_named(const BaseSpec& base) {
  return base.kind == BaseKind::deb || (base.kind == BaseKind::tarball && !base.sha256.empty());
}

void add_base(Sha256& digest, const BaseSpec& base) {
  if (base.kind == BaseKind::tarball) {
    digest.add_field("tarball").add_field(base.sha256);
    return;
  }
  digest.add_field("deb").add_field(base.package);
  add_list(digest, base.suites, [](const std::string& suite) { return suite; });
  digest.add_field(base.mirror).add_field(base.recorded_version).add_field(base.recorded_sha256);
}

void sort_unique(std::vector<std::string>& words) {
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
}

}  // namespace

Needs needs_of(const Job& job) {
  Needs needs;
  needs.arch = job.target.arch;
  needs.target = job.target.name;
  // A machine that is reached over SSH has its own.
  const bool elsewhere = job.target.driver == "ssh";
  needs.memory_bytes = elsewhere ? 0 : job.target.memory_bytes;
  needs.cpus = elsewhere ? 1 : job.target.cpus;
  needs.tags = job.target.tags;
  needs.kvm = std::erase(needs.tags, kKvm) > 0;
  sort_unique(needs.tags);
  for (const KernelSpec& kernel : job.kernels) needs.builds.push_back(build_key(kernel));
  std::erase(needs.builds, "");
  sort_unique(needs.builds);
  return needs;
}

std::string build_key(const KernelSpec& kernel) {
  if (!content_is_named(kernel.base)) return {};
  std::vector<std::string_view> patches;
  for (const Series& series : kernel.series) {
    for (const Patch& patch : series.patches) patches.push_back(patch.text);
  }
  Sha256 digest;
  digest.add_field("luolab shared build 1");
  add_base(digest, kernel.base);
  add_list(digest, patches, [](std::string_view text) { return text; });
  add_list(digest, kernel.fragments, [](const Fragment& fragment) { return fragment.text; });
  digest.add_field("x86_64");
  return digest.hex();
}

std::string worker_target(const std::string& worker) { return "@" + worker; }

}  // namespace luolab
