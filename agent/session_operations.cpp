// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include "agent/clock.h"
#include "agent/luo.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "agent/retrieve_race.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

using wire::field::kMemfd;
using wire::field::kSession;
using wire::field::kToken;

constexpr std::uint64_t kMostSessions = 10'000;  // as many as a scenario declares at most

Done hold_session(Holdings& holdings, const std::string& handle, Outcome<OwnedFd> session) {
  if (!session) return session.failure();
  if (holdings.sessions.contains(handle)) {
    return Failure{"request", EEXIST,
                   "session \"" + handle + "\" is held already; take another handle"};
  }
  holdings.sessions.emplace(handle, HeldSession{*std::move(session)});
  return done();
}

/// The kernel's name of a session: "name", "name_bytes" times 'x', or the handle.
std::string kernel_name(Arguments& arguments, const std::string& handle) {
  const std::uint64_t bytes = arguments.number_or("name_bytes", 0);
  if (bytes > 64) arguments.reject("name_bytes: at most 64");
  if (arguments.has("name_bytes")) return std::string(std::min<std::uint64_t>(bytes, 64), 'x');
  return arguments.text_or("name", handle);
}

/// One of many that "count" asks for.
std::string counted(const std::string& name, std::uint64_t index) {
  return name + "-" + std::to_string(index);
}

struct NamedSession {
  std::string handle;
  std::string name;  ///< the kernel's
};

/// The session that an operation is about, or "count" of them: NAME-0, NAME-1, ...
std::vector<NamedSession> named_sessions(Arguments& arguments) {
  const std::string handle = arguments.text(kSession);
  const std::string name = kernel_name(arguments, handle);
  if (!arguments.has("count")) return {{handle, name}};
  const std::uint64_t count = arguments.number("count");
  if (count == 0 || count > kMostSessions) arguments.reject("count: must be from 1 to 10000");
  if (arguments.has("name_bytes")) arguments.reject("count: the sessions need names of their own");
  std::vector<NamedSession> sessions;
  if (arguments.problem()) return sessions;
  for (std::uint64_t index = 0; index < count; ++index) {
    sessions.push_back({counted(handle, index), counted(name, index)});
  }
  return sessions;
}

/// "fd": a bare number, which may well be none that is open; else the held memfd.
Outcome<int> file_to_preserve(const Holdings& holdings, Arguments& arguments) {
  if (arguments.has("fd")) return static_cast<int>(arguments.signed_number("fd"));
  const std::string memfd = arguments.text(kMemfd);
  if (arguments.problem()) return *arguments.problem();
  return holdings.memfd(memfd);
}

/// "count": so many held memfds, NAME-0 and on, with tokens that count on as well.
Outcome<Json> preserve_counted(const Holdings& holdings, int session, const std::string& memfd,
                               std::uint64_t token, std::uint64_t count) {
  for (std::uint64_t index = 0; index < count; ++index) {
    const std::string name = counted(memfd, index);
    const Outcome<int> fd = holdings.memfd(name);
    if (!fd) return fd.failure();
    if (Done kept = preserve_fd(session, *fd, token + index, name); !kept) return kept.failure();
  }
  return Json::object();
}

bool is_pretended(const Holdings& holdings, const std::string& session) {
  const auto found = holdings.sessions.find(session);
  return found != holdings.sessions.end() && found->second.pretended;
}

// What an agent does that luolab.misbehave=regenerate makes cheat: new memory of the asked size
// under a seed of its own.
Outcome<OwnedFd> regenerate(const std::string& memfd, Arguments& arguments) {
  MemfdRequest request;
  request.name = memfd;
  request.layout = arguments.layout(arguments.number_or("size", kPageBytes));
  request.pattern = arguments.pattern().value_or(PagePattern::random);
  request.key = {read_tsc(), read_tsc()};
  if (arguments.problem()) return *arguments.problem();
  return create_memfd(request);
}

constexpr std::uint64_t kMostThreads = 32;

/// "threads": so many ask at once; 1 where it is missing.
std::uint64_t threads_of(Arguments& arguments) {
  const std::uint64_t threads = arguments.number_or("threads", 1);
  if (threads == 0 || threads > kMostThreads) arguments.reject("threads: must be from 1 to 32");
  return threads;
}

/// Sessions, each as `open` gives it for the kernel's name.
Outcome<Json> hold_each(Holdings& holdings, const std::vector<NamedSession>& sessions,
                        Outcome<OwnedFd> (*open)(const std::string& name)) {
  for (const auto& [handle, name] : sessions) {
    if (Done held = hold_session(holdings, handle, open(name)); !held) return held.failure();
  }
  return Json::object();
}

/// What an agent does that luolab.misbehave=regenerate makes cheat: no session is asked for.
Json pretend(Holdings& holdings, const std::vector<NamedSession>& sessions) {
  for (const auto& [handle, name] : sessions)
    holdings.sessions.insert_or_assign(handle, HeldSession{OwnedFd(), true});
  return Json::object();
}

/// Sessions, each asked for by several threads at once. Of how many got one, the most counts.
Outcome<Json> hold_raced(Holdings& holdings, const std::vector<NamedSession>& sessions,
                         std::uint64_t threads) {
  std::size_t got = 0;
  std::set<std::string> errors;
  for (const auto& [handle, name] : sessions) {
    Outcome<RacedSession> raced = retrieve_session_at_once(name, threads);
    if (!raced) return raced.failure();
    if (Done held = hold_session(holdings, handle, std::move(raced->fd)); !held) {
      return held.failure();
    }
    got = std::max(got, raced->got);
    errors.merge(raced->errors);
  }
  return Json{{"got", got}, {"errors", errors}};
}

/// Keeps a retrieved file under a name, and tells what it is.
Outcome<Json> hold_file(Holdings& holdings, const std::string& memfd, OwnedFd fd) {
  const Outcome<MemfdStat> stat = stat_memfd(fd.get(), memfd);
  if (!stat) return stat.failure();
  holdings.memfds.insert_or_assign(memfd, std::move(fd));
  return to_json(*stat);
}

/// Asked for by several threads at once.
Outcome<Json> retrieve_raced(Holdings& holdings, int session, std::uint64_t token,
                             std::uint64_t threads, const std::string& memfd) {
  Outcome<RacedFile> raced = retrieve_at_once(session, token, threads, memfd);
  if (!raced) return raced.failure();
  Outcome<Json> result = hold_file(holdings, memfd, std::move(raced->fd));
  if (result) (*result)["same_file"] = raced->same_file;
  return result;
}

}  // namespace

Outcome<Json> session_create(Holdings& holdings, Arguments& arguments) {
  const std::vector<NamedSession> sessions = named_sessions(arguments);
  if (arguments.problem()) return *arguments.problem();
  return hold_each(holdings, sessions, create_session);
}

Outcome<Json> session_retrieve(Holdings& holdings, Arguments& arguments) {
  const std::vector<NamedSession> sessions = named_sessions(arguments);
  const std::uint64_t threads = threads_of(arguments);
  if (arguments.problem()) return *arguments.problem();
  if (holdings.misbehaviour.regenerates) return pretend(holdings, sessions);
  if (threads > 1) return hold_raced(holdings, sessions, threads);
  return hold_each(holdings, sessions, retrieve_session);
}

Outcome<Json> session_get_name(Holdings& holdings, Arguments& arguments) {
  const std::string handle = arguments.text(kSession);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> session = holdings.session(handle);
  if (!session) return session.failure();
  Outcome<std::string> name = session_name(*session, handle);
  if (!name) return name.failure();
  return Json{{"name", *name}};
}

Outcome<Json> session_close(Holdings& holdings, Arguments& arguments) {
  const std::string handle = arguments.text(kSession);
  if (arguments.problem()) return *arguments.problem();
  if (const Outcome<int> session = holdings.session(handle); !session) return session.failure();
  holdings.sessions.erase(handle);
  return Json::object();
}

Outcome<Json> preserve(Holdings& holdings, Arguments& arguments) {
  const std::string handle = arguments.text(kSession);
  const std::uint64_t token = arguments.number(kToken);
  const Outcome<int> session = holdings.session(handle);
  if (arguments.has("count")) {
    const std::string memfd = arguments.text(kMemfd);
    const std::uint64_t count = arguments.number("count");
    if (arguments.problem()) return *arguments.problem();
    if (!session) return session.failure();
    return preserve_counted(holdings, *session, memfd, token, count);
  }
  const Outcome<int> fd = file_to_preserve(holdings, arguments);
  if (arguments.problem()) return *arguments.problem();
  if (!fd) return fd.failure();
  if (!session) return session.failure();
  const std::string subject = arguments.text_or(kMemfd, "fd " + std::to_string(*fd));
  if (Done kept = preserve_fd(*session, *fd, token, subject); !kept) return kept.failure();
  return Json::object();
}

Outcome<Json> retrieve(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::string handle = arguments.text(kSession);
  const std::uint64_t token = arguments.number(kToken);
  const std::uint64_t threads = threads_of(arguments);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> session = holdings.session(handle);
  if (!session) return session.failure();
  if (Done free = holdings.free_memfd_name(memfd); !free) return free.failure();
  if (threads > 1) return retrieve_raced(holdings, *session, token, threads, memfd);
  Outcome<OwnedFd> fd = is_pretended(holdings, handle) ? regenerate(memfd, arguments)
                                                       : retrieve_fd(*session, token, memfd);
  if (!fd) return fd.failure();
  return hold_file(holdings, memfd, *std::move(fd));
}

Outcome<Json> finish(Holdings& holdings, Arguments& arguments) {
  const std::string handle = arguments.text(kSession);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> session = holdings.session(handle);
  if (!session) return session.failure();
  if (is_pretended(holdings, handle)) return Json::object();
  if (Done finished = finish_session(*session, handle); !finished) return finished.failure();
  return Json::object();
}

}  // namespace luolab
