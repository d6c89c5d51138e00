// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/clock.h"
#include "agent/holdings.h"
#include "agent/line_channel.h"

namespace luolab {

/// Says hello and serves requests, one at a time, until the other end closes. PID 1 never returns:
/// it waits for the other end to come back, and powers off when asked. One thread.
class Server {
 public:
  Server(LineChannel& channel, Holdings& holdings, bool first_process)
      : channel_(channel), holdings_(holdings), first_process_(first_process) {}

  /// Makes it wait for "go" between its "going" and the kexec, so that the other end has the
  /// former whatever happens to the link.
  void wait_for_go() { waits_for_go_ = true; }

  /// `start`: the clocks at the agent's first instruction. False where the other end was gone.
  bool serve(const Instant& start);

 private:
  bool wait_for_peer() const;
  bool told_to_go();

  LineChannel& channel_;
  Holdings& holdings_;
  bool first_process_;
  bool waits_for_go_ = false;
};

}  // namespace luolab
