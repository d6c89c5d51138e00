// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "agent/load/busy_loads.h"
#include "agent/load/counted_load.h"

namespace luolab {
namespace {

constexpr int kNoExec = 127;

// A path and its arguments as execv(2) wants them.
struct Program {
  std::string path;
  std::vector<std::string> words;
  std::vector<char*> pointers;
};

// In a child of a program with threads: system calls only. The child stands between agent and
// program, so that the program's status is not taken away by who waits for any child.
[[noreturn]] void run_and_report(const Program& program) {
  signal(SIGCHLD, SIG_DFL);
  const long child = syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0);
  if (child == 0) {  // dies with its keeper
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(program.path.c_str(), program.pointers.data());
    _exit(kNoExec);
  }
  int status = 0;
  if (child < 0 || waitpid(static_cast<pid_t>(child), &status, 0) < 0) _exit(kNoExec);
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// Runs the program once after the other, on one thread; another one may end it.
class Runner {
 public:
  explicit Runner(Program program) : program_(std::move(program)) {
    for (std::string& word : program_.words) program_.pointers.push_back(word.data());
    program_.pointers.push_back(nullptr);
  }

  std::string run_once() {
    const auto child = static_cast<pid_t>(syscall(SYS_clone, 0, nullptr, nullptr, nullptr, 0));
    if (child == 0) run_and_report(program_);
    if (child < 0) return std::string("clone: ") + std::strerror(errno);
    child_ = child;
    if (ended_) kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, __WCLONE);
    child_ = 0;
    if (ended_ || status == 0) return {};
    return program_.path + " ended with status " + std::to_string(WEXITSTATUS(status));
  }

  void end() {
    ended_ = true;
    if (const pid_t child = child_; child > 0) kill(child, SIGKILL);
  }

 private:
  Program program_;
  std::atomic<bool> ended_ = false;
  std::atomic<pid_t> child_ = 0;
};

class ProgramLoad final : public CountedLoad {
 public:
  ProgramLoad(std::shared_ptr<Runner> runner, const LoadPace& pace)
      : CountedLoad(pace, [runner](std::uint32_t) { return runner->run_once(); }),
        runner_(std::move(runner)) {}
  ~ProgramLoad() override { halt(); }

  void halt() override {
    runner_->end();
    CountedLoad::halt();
  }

 private:
  std::shared_ptr<Runner> runner_;
};

}  // namespace

Outcome<std::unique_ptr<Load>> start_program(const std::string& path,
                                             const std::vector<std::string>& arguments,
                                             const LoadPace& pace) {
  // Files of an initramfs come without the right to be run.
  if (access(path.c_str(), X_OK) != 0 && chmod(path.c_str(), 0700) != 0) {
    return call_failed("chmod", path);
  }
  Program program{path, {path}, {}};
  program.words.insert(program.words.end(), arguments.begin(), arguments.end());
  LoadPace single = pace;
  single.threads = 1;
  return std::unique_ptr<Load>(
      new ProgramLoad(std::make_shared<Runner>(std::move(program)), single));
}

}  // namespace luolab
