// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/base_commit.h"

#include <fmt/format.h>

#include "kernel-patches/patch_text.h"

namespace luolab {
namespace {

constexpr std::string_view kGit = "git:";

std::string commit_of(const std::vector<Series>& series) {
  for (const Series& one : series) {
    for (const Patch& patch : one.patches) {
      if (const auto commit = base_commit_of(patch.text)) return *commit;
    }
  }
  return {};
}

bool is_git(const std::string& base) { return base.starts_with(kGit); }

/// What follows the last @, which a URL may have before its host as well.
std::string ref_of(const std::string& base) {
  const auto at = base.rfind('@');
  const auto slash = base.rfind('/');
  if (at == std::string::npos || (slash != std::string::npos && at < slash)) return {};
  return base.substr(at + 1);
}

}  // namespace

Result<void> honour_base_commit(GateOrder& order) {
  order.base_commit = commit_of(order.series);
  if (!is_git(order.base) || !ref_of(order.base).empty()) return {};
  if (order.base_commit.empty()) {
    return scenario_error(
        fmt::format("base \"{}\": the series has no line \"base-commit:\" (git format-patch "
                    "--base), so say which "
                    "commit: {}@REF",
                    order.base, order.base));
  }
  order.base += "@" + order.base_commit;
  return {};
}

std::vector<std::string> base_commit_notes(const GateOrder& order) {
  if (order.base_commit.empty()) return {};
  const std::string base = order.base.empty() ? "the suite's base" : order.base;
  if (!is_git(order.base)) {
    return {
        fmt::format("the series is based on commit {}; {} is no git tree, so whether it is that "
                    "commit is not known",
                    order.base_commit, base)};
  }
  if (ref_of(order.base) == order.base_commit) return {};
  return {fmt::format("the series is based on commit {}, and the base asked for is {}",
                      order.base_commit, base)};
}

}  // namespace luolab
