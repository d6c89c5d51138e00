// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "agent/actor.h"
#include "agent/baggage.h"
#include "agent/failure.h"
#include "agent/load/load_set.h"
#include "agent/owned_fd.h"
#include "core/wire/hash_choice.h"

namespace luolab {

/// How luolab's own tests make an agent cheat (core/wire/agent_wire.h).
struct Misbehaviour {
  bool regenerates = false;
  bool invents_nonce = false;
};
Misbehaviour parse_misbehaviour(const std::string& cmdline);

/// A session's descriptor. An agent that regenerates only pretends to have one.
struct HeldSession {
  OwnedFd fd;
  bool pretended = false;
};

/// All that the agent holds between requests, by the names that the worker gave. Closing the last
/// descriptor of an outgoing session makes the kernel forget it, so this lives as long as the
/// program. One thread.
class Holdings {
 public:
  Holdings(const std::string& folder, Misbehaviour how)
      : baggage(folder), files_folder(folder), misbehaviour(how) {}

  /// ENOENT, naming what is held, where there is no such name. The descriptor stays held here.
  Outcome<int> session(const std::string& name) const;
  Outcome<int> memfd(const std::string& name) const;
  /// EEXIST where the name is taken.
  Done free_memfd_name(const std::string& name) const;

  /// The fastest hash here, measured at the first call.
  HashKind hash();

  std::map<std::string, HeldSession> sessions;
  std::map<std::string, OwnedFd> memfds;  ///< and other files that steps asked for
  std::map<std::string, Actor> actors;
  Baggage baggage;
  LoadSet loads;                                ///< that run
  std::optional<std::uint64_t> echo_ready_tsc;  ///< where PID 1 answers datagrams: since when
  const std::string files_folder;
  const Misbehaviour misbehaviour;

 private:
  std::optional<HashKind> hash_;
};

}  // namespace luolab
