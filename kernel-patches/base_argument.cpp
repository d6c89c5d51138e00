// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/base_argument.h"

#include <filesystem>

#include <fmt/format.h>

namespace luolab {
namespace {

Error malformed(std::string_view argument, std::string_view form) {
  return scenario_error(fmt::format("base \"{}\": write {}", argument, form));
}

bool is_url(std::string_view location) { return location.find("://") != std::string_view::npos; }

std::string absolute_location(std::string_view location) {
  if (is_url(location)) return std::string(location);
  return std::filesystem::absolute(location).lexically_normal().string();
}

Result<BaseSpec> git_base(std::string_view argument, std::string_view rest) {
  const std::size_t at = rest.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == rest.size()) {
    return malformed(argument, "git:PATH@REF or git:URL@REF, where REF is a branch, tag or commit");
  }
  BaseSpec base;
  base.kind = BaseKind::git;
  base.location = absolute_location(rest.substr(0, at));
  base.ref = rest.substr(at + 1);
  base.name = fmt::format("git:{}@{}", base.location, base.ref);
  return base;
}

Result<BaseSpec> tarball_base(std::string_view argument, std::string_view rest) {
  constexpr std::string_view kMark = "#sha256=";
  const std::size_t mark = rest.rfind(kMark);
  if (mark == std::string_view::npos || mark == 0) {
    return malformed(argument, "tarball:PATH#sha256=HEX (`sha256sum PATH` prints it)");
  }
  BaseSpec base;
  base.kind = BaseKind::tarball;
  base.location = absolute_location(rest.substr(0, mark));
  base.sha256 = rest.substr(mark + kMark.size());
  if (base.sha256.size() != 64 ||
      base.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return malformed(argument, "64 lower-case hexadecimal digits after #sha256=");
  }
  base.name = fmt::format("tarball:{}#sha256={}", base.location, base.sha256);
  return base;
}

Result<BaseSpec> folder_base(BaseKind kind, std::string_view argument, std::string_view rest) {
  if (rest.empty()) return malformed(argument, "a path after the colon");
  BaseSpec base;
  base.kind = kind;
  base.location = absolute_location(rest);
  base.name = fmt::format("{}:{}", argument.substr(0, argument.find(':')), base.location);
  return base;
}

}  // namespace

std::optional<Result<BaseSpec>> base_from_argument(std::string_view argument) {
  const std::size_t colon = argument.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view kind = argument.substr(0, colon);
  const std::string_view rest = argument.substr(colon + 1);
  std::optional<Result<BaseSpec>> base;
  if (kind == "git") base = git_base(argument, rest);
  if (kind == "tarball") base = tarball_base(argument, rest);
  if (kind == "dir") base = folder_base(BaseKind::dir, argument, rest);
  if (kind == "prebuilt") base = folder_base(BaseKind::prebuilt, argument, rest);
  return base;
}

}  // namespace luolab
