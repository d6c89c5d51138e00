// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/reproduce_script.h"

#include <fmt/format.h>

#include "controller/results/safe_text.h"
#include "core/base/sha256.h"

namespace luolab {
namespace {

std::string for_shell(std::string_view word) {
  std::string text = "'";
  for (const char letter : word)
    text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

/// A here-document whose end can't be in the text: it is named by the text's digest.
std::string file(std::string_view name, std::string_view text) {
  const std::string end = "END_" + sha256_of(text).substr(0, 16);
  return fmt::format("cat >\"$folder\"/{} <<'{}'\n{}{}{}\n", name, end, text,
                     text.ends_with('\n') ? "" : "\n", end);
}

}  // namespace

std::string reproduce_script(const Job& job, const std::string& documents, const std::string& base,
                             const std::vector<Series>& series) {
  std::string script = fmt::format(
      "#!/bin/sh\n# {}\n# Needs luolab alone; LUOLAB names it where it is not in the PATH.\nset "
      "-eu\n"
      "folder=$(mktemp -d)\ntrap 'rm -rf \"$folder\"' EXIT\n",
      one_line(job_title(job)));
  script += file("scenario.yaml", documents);
  std::string flags;
  std::size_t number = 0;
  for (const Series& one : series) {
    for (const Patch& patch : one.patches) {
      const std::string name = fmt::format("{:04}.patch", ++number);
      script += file(name, patch.text);
      flags += fmt::format(" --series \"$folder\"/{}", name);
    }
  }
  if (!base.empty()) flags += " --base " + for_shell(base);
  for (const auto& [name, value] : job.point) {
    if (name != "kernel") flags += " --set " + for_shell(name + "=" + value);
  }
  return script + fmt::format(
                      "status=0\n\"${{LUOLAB:-luolab}}\" run \"$folder\"/scenario.yaml{} || "
                      "status=$?\nexit $status\n",
                      flags);
}

}  // namespace luolab
