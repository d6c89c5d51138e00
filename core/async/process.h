// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/task.h"
#include "core/base/error.h"

namespace luolab {

/// A program to start. Nothing passes through a shell.
struct ProcessSpec {
  std::string program;                      ///< a path, or a name looked for in PATH
  std::vector<std::string> arguments;       ///< without the program's own name
  std::vector<std::string> environment;     ///< NAME=VALUE, added to ours; the later one wins
  std::filesystem::path working_directory;  ///< empty: ours
  std::map<int, int> descriptors;    ///< child's number -> ours; 0, 1, 2 not named are /dev/null
  std::uint64_t max_file_bytes = 0;  ///< RLIMIT_FSIZE; 0: ours
};

/// A running child in a process group of its own. Owns the whole group: the destructor kills it
/// and reaps the child. The child also dies when luolab does, however that dies
/// (prctl(2), PR_SET_PDEATHSIG). From the thread that started it only.
class Process {
 public:
  /// Fault::lab where the program is missing or can't be started; the message names it.
  static Result<Process> start(asio::any_io_executor executor, const ProcessSpec& spec);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  pid_t pid() const;
  /// Exit code, or 128 + signal number. Cancelling leaves the child running.
  Task<int> wait();
  /// To the whole group; no error where it is gone.
  void signal_group(int signal_number);

 private:
  struct Child;
  explicit Process(std::unique_ptr<Child> child);
  std::unique_ptr<Child> child_;
};

struct ProcessOutput {
  int exit_code = 0;
  std::string output;  ///< stdout and stderr as they came; of more than 4 MiB only the end
};

/// Runs a program to its end. `on_line` gets each line without its newline, as it comes.
/// Cancelling kills the whole group. A non-zero exit code is no error here.
Task<Result<ProcessOutput>> run_process(ProcessSpec spec,
                                        std::function<void(std::string_view)> on_line = {});

/// Where PATH has `program`; empty where it has not.
std::filesystem::path find_program(std::string_view program);

}  // namespace luolab
