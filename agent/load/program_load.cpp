// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "agent/load/busy_loads.h"
#include "agent/load/counted_load.h"
#include "agent/owned_fd.h"

namespace luolab {
namespace {

constexpr int kNoExec = 127;
constexpr unsigned kFirstFd = 3;  // behind the standard files

// A path and its arguments as execv(2) wants them.
struct Program {
  std::string path;
  std::vector<std::string> words;
  std::vector<char*> pointers;
};

// One run: the program in a process of its own, which dies with its launcher. Its status, as a
// shell would tell it.
int run_once(const Program& program) {
  const pid_t launcher = getpid();
  // Not fork(2) of the C library, which would wait for locks of threads that are not here.
  const auto child = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0));
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != launcher) _exit(kNoExec);
    execv(program.path.c_str(), program.pointers.data());
    _exit(kNoExec);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return kNoExec;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Pipes rather than a pair of sockets: a kernel need not have a network.
struct Pipe {
  OwnedFd out;
  OwnedFd in;
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

void close_all_but(int one, int other) {
  const auto low = static_cast<unsigned>(std::min(one, other));
  const auto high = static_cast<unsigned>(std::max(one, other));
  if (low > kFirstFd) close_range(kFirstFd, low - 1, 0);
  if (high > low + 1) close_range(low + 1, high - 1, 0);
  close_range(high + 1, ~0U, 0);
}

// The launcher's whole life. It has nothing of the agent's open but its ends of the pipes: what the
// agent closes must be closed, while programs come and go.
[[noreturn]] void launch(const Program& program, int words, int statuses) {
  close_all_but(words, statuses);
  signal(SIGCHLD, SIG_DFL);
  for (int status = 0; write(statuses, &status, sizeof status) == sizeof status;) {
    char word = 0;
    if (read(words, &word, 1) != 1) break;
    status = run_once(program);
  }
  _exit(0);
}

// Runs the program once after the other, through a launcher; one thread, another may end it.
class Runner {
 public:
  // Where it can't be started, `ready` is false.
  explicit Runner(Program program) : program_(std::move(program)) {
    for (std::string& word : program_.words) program_.pointers.push_back(word.data());
    program_.pointers.push_back(nullptr);
    words_ = make_pipe();
    Pipe statuses = make_pipe();
    if (!words_.out || !statuses.out) return;
    // Without exit signal: nobody who waits for any child takes its status away (clone(2)).
    launcher_ = static_cast<pid_t>(syscall(SYS_clone, 0, nullptr, nullptr, nullptr, 0));
    if (launcher_ == 0) launch(program_, words_.out.get(), statuses.in.get());
    statuses_ = std::move(statuses.out);
    statuses.in = OwnedFd();  // so that reading ends when the launcher does
    ready_ = launcher_ > 0 && read_status() == 0;
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() {
    end();
    if (launcher_ > 0) waitpid(launcher_, nullptr, __WCLONE);
  }

  bool ready() const { return ready_; }

  std::string run() {
    const char word = 0;
    if (write(words_.in.get(), &word, 1) != 1) return {};
    const int status = read_status();
    if (ended_ || status == 0) return {};
    return program_.path + " ended with status " + std::to_string(status);
  }

  void end() {
    ended_ = true;
    if (launcher_ > 0) kill(launcher_, SIGKILL);
  }

 private:
  int read_status() const {
    int status = kNoExec;
    return read(statuses_.get(), &status, sizeof status) == sizeof status ? status : kNoExec;
  }

  Program program_;
  Pipe words_;  // both ends, so that writing never meets a pipe without reader
  OwnedFd statuses_;
  pid_t launcher_ = -1;
  bool ready_ = false;
  std::atomic<bool> ended_ = false;
};

class ProgramLoad final : public CountedLoad {
 public:
  ProgramLoad(std::shared_ptr<Runner> runner, const LoadPace& pace)
      : CountedLoad(pace, [runner](std::uint32_t) { return runner->run(); }),
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
  auto runner = std::make_shared<Runner>(std::move(program));
  if (!runner->ready()) return call_failed("clone", path);
  return std::unique_ptr<Load>(new ProgramLoad(std::move(runner), single));
}

}  // namespace luolab
