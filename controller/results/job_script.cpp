// SPDX-License-Identifier: Apache-2.0
#include "controller/results/job_script.h"

#include <map>

#include <fmt/format.h>

#include "controller/results/safe_text.h"
#include "controller/results/shell_text.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

/// Puts the programs beside the job, and says which it could not find.
std::string programs(Job& job, const FindProgram& find) {
  std::map<std::string, std::string> names;  // a program may be in several loads
  std::string script;
  for (LoadSpec& load : job.load) {
    if (load.file.empty()) continue;
    if (const auto known = names.find(load.file); known != names.end()) {
      load.file = known->second;
    } else if (const auto bytes = find(load.file)) {
      const std::string name = fmt::format("program-{}", names.size() + 1);
      script += shell_binary(name, *bytes);
      load.file = names[load.file] = name;
    } else {
      script += fmt::format("# Its load needs this program, which is not here: {}\n",
                            one_line(load.file));
    }
  }
  return script;
}

std::string kernel_names(const Job& job) {
  std::string text;
  for (const KernelSpec& kernel : job.kernels)
    text += fmt::format("#   kernel {}\n", one_line(kernel_title(kernel)));
  return text;
}

}  // namespace

std::optional<std::string> artifact_named(std::string_view file) {
  constexpr std::string_view kArtifact = "artifact:";
  if (!file.starts_with(kArtifact)) return {};
  file.remove_prefix(kArtifact.size());
  return std::string(file);
}

std::string job_script(const Job& job, std::string_view id, const FindProgram& find) {
  Job own = job;
  const std::string carried = programs(own, find);
  return fmt::format(
             "#!/bin/sh\n# Runs job {} again: {}\n{}"
             "# Needs luolab alone; LUOLAB names it where it is not in the PATH. Flags are passed "
             "on\n# to `luolab run`: --repeat 20, --targets-file FILE, --json FILE.\nset -eu\n"
             "folder=$(mktemp -d)\ntrap 'rm -rf \"$folder\"' EXIT\n",
             one_line(id), one_line(job_title(job)), kernel_names(job)) +
         carried + shell_file("job.json", pretty(to_json(own))) +
         "status=0\n\"${LUOLAB:-luolab}\" run --job \"$folder\"/job.json \"$@\" || status=$?\n"
         "exit $status\n";
}

}  // namespace luolab
