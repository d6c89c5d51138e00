// SPDX-License-Identifier: Apache-2.0
#include "agent/operations.h"
#include "agent/starved_calls.h"

namespace luolab {
namespace {

Outcome<Json> answer(const Outcome<StarvedCalls>& calls) {
  if (!calls) return calls.failure();
  return Json{{"refused", calls->refused},
              {"borne", calls->borne},
              {"errors", calls->errors},
              {"again", calls->again}};
}

Outcome<Json> preserve_starved(Holdings& holdings, Arguments& arguments, const std::string& name) {
  const std::string memfd = arguments.text("memfd");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  return answer(starve_preserve(name, *fd));
}

Outcome<Json> retrieve_starved(Holdings& holdings, const std::string& name) {
  OwnedFd session;
  const Outcome<StarvedCalls> calls = starve_retrieve(name, session);
  if (session) holdings.sessions.insert_or_assign(name, HeldSession{std::move(session)});
  return answer(calls);
}

Outcome<Json> retrieve_fd_starved(Holdings& holdings, Arguments& arguments,
                                  const std::string& name) {
  const std::uint64_t token = arguments.number("token");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> session = holdings.session(name);
  if (!session) return session.failure();
  return answer(starve_retrieve_fd(*session, token));
}

}  // namespace

Outcome<Json> starve(Holdings& holdings, Arguments& arguments) {
  const std::string call = arguments.text("call");
  const std::string session = arguments.text("session");
  if (arguments.problem()) return *arguments.problem();
  if (call == "create") return answer(starve_create(session));
  if (call == "preserve") return preserve_starved(holdings, arguments, session);
  if (call == "retrieve") return retrieve_starved(holdings, session);
  if (call == "retrieve_fd") return retrieve_fd_starved(holdings, arguments, session);
  arguments.reject("call: \"" + call + "\" is none of create, preserve, retrieve, retrieve_fd");
  return *arguments.problem();
}

}  // namespace luolab
