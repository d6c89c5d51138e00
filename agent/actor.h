// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "agent/failure.h"
#include "agent/json.h"
#include "agent/line_channel.h"
#include "agent/owned_fd.h"

namespace luolab {

/// How an actor differs from the agent that starts it.
struct ActorRequest {
  std::string name;
  std::optional<uid_t> uid;  ///< user and group; empty: the agent's
  std::string cgroup_path;   ///< moved there before it runs; empty: stays
};

/// Another process that does operations in the agent's place: as another user, in another control
/// group, or to die with what it holds. It is this program serving its protocol over pipes, with
/// descriptors of its own. The destructor kills it and waits until it is gone. One thread.
class Actor {
 public:
  static Outcome<Actor> start(const ActorRequest& request);
  Actor(Actor&& other) noexcept;
  Actor& operator=(Actor&&) = delete;
  ~Actor() { kill(); }

  /// The actor's whole answer to a request. EPIPE of "request" where it is gone.
  Outcome<Json> ask(const Json& request);

  /// SIGKILL; returns when the kernel has closed all its descriptors.
  void kill();

 private:
  Actor(pid_t pid, OwnedFd answers, OwnedFd requests);

  pid_t pid_ = -1;
  OwnedFd answers_;
  OwnedFd requests_;
  std::unique_ptr<LineChannel> channel_;
};

}  // namespace luolab
