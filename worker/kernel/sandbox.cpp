// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/sandbox.h"

#include <fmt/format.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

class ArgumentList {
 public:
  template <class... Words>
  void add(Words&&... words) {
    (list_.push_back(std::forward<Words>(words)), ...);
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::vector<std::string> list_;
};

/// /bin, /lib and the like: links into /usr on a merged system, folders on others.
void add_system(ArgumentList& arguments) {
  arguments.add("--ro-bind", "/usr", "/usr");
  for (const char* name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    if (fs::is_symlink(name)) {
      arguments.add("--symlink", fs::read_symlink(name).string(), name);
    } else if (fs::is_directory(name)) {
      arguments.add("--ro-bind", name, name);
    }
  }
  for (const char* name : {"/etc/alternatives", "/etc/ld.so.cache", "/etc/passwd", "/etc/group"}) {
    arguments.add("--ro-bind-try", name, name);
  }
}

void add_limits(ArgumentList& arguments, const SandboxSpec& spec) {
  arguments.add("prlimit", "--core=0", fmt::format("--as={}", spec.memory_bytes),
                fmt::format("--fsize={}", spec.file_bytes),
                fmt::format("--nproc={}", spec.processes), "--");
}

}  // namespace

ProcessSpec sandboxed(const SandboxSpec& spec) {
  ArgumentList arguments;
  arguments.add("--unshare-all", "--die-with-parent", "--hostname", "luolab", "--clearenv");
  add_system(arguments);
  arguments.add("--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp");
  for (const Mount& mount : spec.mounts) {
    arguments.add(mount.writable ? "--bind" : "--ro-bind", mount.from.string(), mount.to);
  }
  for (const std::string& entry : spec.environment) {
    const std::size_t equals = entry.find('=');
    arguments.add("--setenv", entry.substr(0, equals), entry.substr(equals + 1));
  }
  arguments.add("--chdir", spec.working_directory, "--");
  add_limits(arguments, spec);
  for (const std::string& word : spec.command) arguments.add(word);
  ProcessSpec process;
  process.program = "bwrap";
  process.arguments = arguments.take();
  return process;
}

}  // namespace luolab
