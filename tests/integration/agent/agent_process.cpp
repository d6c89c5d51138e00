// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/agent/agent_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace luolab {
namespace {

std::array<int, 2> open_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return ends;
}

void close_once(int& fd) {
  if (fd >= 0) close(std::exchange(fd, -1));
}

}  // namespace

AgentProcess::AgentProcess(std::vector<std::string> arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  arguments.insert(arguments.begin(), LUOLAB_AGENT_PROGRAM);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const auto in = open_pipe();
  const auto out = open_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const int error =
      posix_spawn(&child_, LUOLAB_AGENT_PROGRAM, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
  if (error != 0)
    throw std::runtime_error("can't start " LUOLAB_AGENT_PROGRAM "; build luolab-agent");
}

AgentProcess::~AgentProcess() {
  close_once(to_);
  close_once(from_);
  if (child_ > 0) {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
}

void AgentProcess::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(to_, text.data(), text.size());
    if (count <= 0) throw std::runtime_error("the agent reads no more");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

nlohmann::json AgentProcess::next() {
  std::array<char, 65536> block;
  while (pending_.find('\n') == std::string::npos) {
    const ssize_t got = read(from_, block.data(), block.size());
    if (got <= 0) throw std::runtime_error("the agent said nothing more");
    pending_.append(block.data(), static_cast<std::size_t>(got));
  }
  const std::size_t end = pending_.find('\n');
  const std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return nlohmann::json::parse(line);
}

nlohmann::json AgentProcess::ask(const nlohmann::json& request) {
  send(request.dump() + "\n");
  return next();
}

int AgentProcess::finish() {
  close_once(to_);
  int status = 0;
  waitpid(std::exchange(child_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace luolab
