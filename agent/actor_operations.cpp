// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "agent/cgroup.h"
#include "agent/operations.h"

namespace luolab {

Outcome<Json> actor_start(Holdings& holdings, Arguments& arguments) {
  ActorRequest request{.name = arguments.text("actor")};
  if (arguments.has("uid")) request.uid = static_cast<uid_t>(arguments.number("uid"));
  const std::string cgroup = arguments.text_or("cgroup", "");
  if (arguments.problem()) return *arguments.problem();
  if (!cgroup.empty()) request.cgroup_path = cgroup_path(cgroup);
  if (holdings.actors.contains(request.name)) {
    return Failure{"request", EEXIST, "actor \"" + request.name + "\" runs already"};
  }
  Outcome<Actor> actor = Actor::start(request);
  if (!actor) return actor.failure();
  holdings.actors.emplace(request.name, *std::move(actor));
  return Json::object();
}

Outcome<Json> actor_kill(Holdings& holdings, Arguments& arguments) {
  const std::string name = arguments.text("actor");
  if (arguments.problem()) return *arguments.problem();
  if (holdings.actors.erase(name) == 0) {
    return Failure{"request", ENOENT, "actor \"" + name + "\" does not run"};
  }
  return Json::object();
}

}  // namespace luolab
