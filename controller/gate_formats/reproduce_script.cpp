// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/reproduce_script.h"

#include <fmt/format.h>

#include "controller/results/safe_text.h"
#include "controller/results/shell_text.h"
#include "core/base/shell_word.h"

namespace luolab {

std::string reproduce_script(const Job& job, const std::string& documents, const std::string& base,
                             const std::vector<Series>& series) {
  std::string script = fmt::format(
      "#!/bin/sh\n# {}\n# Needs luolab alone; LUOLAB names it where it is not in the PATH.\nset "
      "-eu\n"
      "folder=$(mktemp -d)\ntrap 'rm -rf \"$folder\"' EXIT\n",
      one_line(job_title(job)));
  script += shell_file("scenario.yaml", documents);
  std::string flags;
  std::size_t number = 0;
  for (const Series& one : series) {
    for (const Patch& patch : one.patches) {
      const std::string name = fmt::format("{:04}.patch", ++number);
      script += shell_file(name, patch.text);
      flags += fmt::format(" --series \"$folder\"/{}", name);
    }
  }
  if (!base.empty()) flags += " --base " + shell_word(base);
  for (const auto& [name, value] : job.point) {
    if (name != "kernel") flags += " --set " + shell_word(name + "=" + value);
  }
  return script + fmt::format(
                      "status=0\n\"${{LUOLAB:-luolab}}\" run \"$folder\"/scenario.yaml{} || "
                      "status=$?\nexit $status\n",
                      flags);
}

}  // namespace luolab
