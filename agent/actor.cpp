// SPDX-License-Identifier: Apache-2.0
#include "agent/actor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace luolab {
namespace {

constexpr int kCannotStart = 127;

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become_actor(const ActorRequest& request, int in, int out, int procs) {
  const bool moved = procs < 0 || write(procs, "0", 1) == 1;
  const bool linked =
      dup2(in, STDIN_FILENO) == STDIN_FILENO && dup2(out, STDOUT_FILENO) == STDOUT_FILENO;
  const bool changed = !request.uid || (setresgid(*request.uid, *request.uid, *request.uid) == 0 &&
                                        setresuid(*request.uid, *request.uid, *request.uid) == 0);
  if (moved && linked && changed) execl("/proc/self/exe", "luolab-agent", "--stdio", nullptr);
  _exit(kCannotStart);
}

Outcome<OwnedFd> open_procs(const ActorRequest& request) {
  if (request.cgroup_path.empty()) return OwnedFd();
  const std::string path = request.cgroup_path + "/cgroup.procs";
  OwnedFd procs(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!procs) return call_failed("open", path);
  return procs;
}

struct Pipe {
  OwnedFd read_end;
  OwnedFd write_end;
};

Outcome<Pipe> make_pipe_for(const std::string& subject) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return call_failed("pipe2", subject);
  return Pipe{OwnedFd(ends[0]), OwnedFd(ends[1])};
}

}  // namespace

Actor::Actor(pid_t pid, OwnedFd answers, OwnedFd requests)
    : pid_(pid),
      answers_(std::move(answers)),
      requests_(std::move(requests)),
      channel_(std::make_unique<LineChannel>(answers_.get(), requests_.get())) {}

Actor::Actor(Actor&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      answers_(std::move(other.answers_)),
      requests_(std::move(other.requests_)),
      channel_(std::move(other.channel_)) {}

Outcome<Actor> Actor::start(const ActorRequest& request) {
  const Outcome<OwnedFd> procs = open_procs(request);
  if (!procs) return procs.failure();
  Outcome<Pipe> answers = make_pipe_for(request.name);
  if (!answers) return answers.failure();
  Outcome<Pipe> requests = make_pipe_for(request.name);
  if (!requests) return requests.failure();
  const pid_t pid = fork();
  if (pid < 0) return call_failed("fork", request.name);
  if (pid == 0) {
    become_actor(request, requests->read_end.get(), answers->write_end.get(), procs->get());
  }
  Actor actor(pid, std::move(answers->read_end), std::move(requests->write_end));
  // Its end must be the only one, or its death would not show.
  answers->write_end = OwnedFd();
  const auto hello = actor.channel_->next();
  if (!hello) {
    return Failure{"request", ECHILD,
                   "actor \"" + request.name +
                       "\" did not start: its user or control group "
                       "can't be had here"};
  }
  return actor;
}

Outcome<Json> Actor::ask(const Json& request) {
  const Failure gone{"request", EPIPE, "the actor is gone"};
  if (!channel_->send(to_line(request))) return gone;
  const auto line = channel_->next();
  if (!line || line->too_long) return gone;
  Json reply = Json::parse(line->text, nullptr, false);
  if (!reply.is_object()) return gone;
  return reply;
}

void Actor::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  // A first process reaps all its children as they come: then there is none left to wait for.
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace luolab
