// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/db/forked_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace luolab {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

void ParentLink::say(char byte) const {
  if (::write(out_, &byte, 1) != 1) ::_exit(1);
}

void ParentLink::await() const {
  char byte = 0;
  if (::read(in_, &byte, 1) != 1) ::_exit(0);
}

ForkedProcess::ForkedProcess(const std::function<void(const ParentLink&)>& work) {
  Pipe up = make_pipe();
  Pipe down = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    up.read.reset();
    down.write.reset();
    try {
      work(ParentLink(up.write.get(), down.read.get()));
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  from_child_ = std::move(up.read);
  to_child_ = std::move(down.write);
}

ForkedProcess::~ForkedProcess() { kill(); }

std::optional<char> ForkedProcess::hear() const {
  char byte = 0;
  return ::read(from_child_.get(), &byte, 1) == 1 ? std::optional(byte) : std::nullopt;
}

void ForkedProcess::say(char byte) const {
  if (::write(to_child_.get(), &byte, 1) != 1)
    throw std::system_error(errno, std::generic_category());
}

void ForkedProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  wait();
}

int ForkedProcess::wait() {
  if (pid_ < 0) return 0;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace luolab
