// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_key.h"

#include "core/base/sha256.h"

namespace luolab {
namespace {

void add_list(Sha256& digest, const std::vector<std::string>& list) {
  digest.add_field(std::to_string(list.size()));
  for (const std::string& entry : list) digest.add_field(entry);
}

}  // namespace

const std::vector<std::string>& build_variables() {
  static const std::vector<std::string> variables = {
      "ARCH=x86_64",
      "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026",
      "KBUILD_BUILD_USER=luolab",
      "KBUILD_BUILD_HOST=luolab",
      "KBUILD_BUILD_VERSION=1",
      "LOCALVERSION=",
  };
  return variables;
}

BuildIngredients BuildIngredients::of(const KernelSpec& kernel, std::string base_digest,
                                      Toolchain toolchain) {
  BuildIngredients ingredients;
  ingredients.base_digest = std::move(base_digest);
  for (const Series& series : kernel.series) {
    for (const Patch& patch : series.patches) ingredients.patches.push_back(patch.text);
  }
  for (const Fragment& fragment : kernel.fragments) ingredients.fragments.push_back(fragment.text);
  ingredients.toolchain = std::move(toolchain);
  ingredients.variables = build_variables();
  return ingredients;
}

std::string BuildIngredients::family() const {
  Sha256 digest;
  digest.add_field("luolab build 1").add_field(base_digest);
  add_list(digest, fragments);
  digest.add_field(toolchain.compiler).add_field(toolchain.linker);
  add_list(digest, variables);
  return digest.hex();
}

std::vector<std::string> BuildIngredients::patch_digests() const {
  std::vector<std::string> digests;
  for (const std::string& patch : patches) digests.push_back(sha256_of(patch));
  return digests;
}

std::string BuildIngredients::key() const {
  Sha256 digest;
  digest.add_field(family());
  add_list(digest, patch_digests());
  return digest.hex();
}

}  // namespace luolab
