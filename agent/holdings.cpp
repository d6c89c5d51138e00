// SPDX-License-Identifier: Apache-2.0
#include "agent/holdings.h"

#include <cerrno>

#include "agent/text_file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

template <class Map>
std::string names_of(const Map& map) {
  std::string names;
  for (const auto& [name, held] : map) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

template <class Map>
Failure unknown(const char* kind, const std::string& name, const Map& map) {
  return {"request", ENOENT,
          std::string(kind) + " \"" + name + "\" is not held; held are: " + names_of(map)};
}

}  // namespace

Misbehaviour parse_misbehaviour(const std::string& cmdline) {
  return {has_word(cmdline, wire::kMisbehaveRegenerate), has_word(cmdline, wire::kMisbehaveNonce)};
}

Outcome<int> Holdings::session(const std::string& name) const {
  const auto found = sessions.find(name);
  if (found == sessions.end()) return unknown("session", name, sessions);
  return found->second.fd.get();
}

Outcome<int> Holdings::memfd(const std::string& name) const {
  const auto found = memfds.find(name);
  if (found == memfds.end()) return unknown("memfd", name, memfds);
  return found->second.get();
}

Done Holdings::free_memfd_name(const std::string& name) const {
  if (!memfds.contains(name)) return done();
  return Failure{"request", EEXIST,
                 "memfd \"" + name + "\" is held already; close it or take another name"};
}

HashKind Holdings::hash() {
  if (!hash_) hash_ = fastest_hash(measure_hashes());
  return *hash_;
}

}  // namespace luolab
