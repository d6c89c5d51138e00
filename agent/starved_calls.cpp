// SPDX-License-Identifier: Apache-2.0
#include "agent/starved_calls.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "agent/luo.h"

namespace luolab {
namespace {

constexpr std::uint32_t kMostRefusals = 4096;

template <class T>
std::string told(const Outcome<T>& outcome) {
  return outcome ? "done" : errno_name(outcome.failure().error);
}

/// One call, with the refusal of that number, and what follows it.
struct StarvedCall {
  std::function<Done(RefusedMemory&, std::uint32_t nth)> call;
  /// After a call that was refused memory. False: there is nothing left to ask for.
  std::function<Outcome<bool>(const Done& called, std::uint32_t nth, StarvedCalls& calls)> again;
};

Outcome<StarvedCalls> starve(const StarvedCall& starved) {
  Outcome<RefusedMemory> refused = RefusedMemory::prepare();
  if (!refused) return refused.failure();
  StarvedCalls calls;
  for (std::uint32_t nth = 1; nth <= kMostRefusals; ++nth) {
    refused->set(nth);
    const Done called = starved.call(*refused, nth);
    if (!refused->struck()) {
      if (!called) return called.failure();
      return calls;
    }
    if (called) {
      ++calls.borne;
    } else {
      ++calls.refused;
      calls.errors.insert(told(called));
    }
    if (refused->lost_descriptor()) calls.again.insert("descriptor lost");
    const Outcome<bool> more = starved.again(called, nth, calls);
    if (!more) return more.failure();
    if (!*more) return calls;
  }
  return Failure{"request", E2BIG,
                 "the call asks for memory more than " + std::to_string(kMostRefusals) + " times"};
}

bool can_be_resized(int fd) {
  struct stat before {};
  return fstat(fd, &before) == 0 && ftruncate(fd, before.st_size + 1) == 0 &&
         ftruncate(fd, before.st_size) == 0;
}

Done without_value(const Outcome<OwnedFd>& outcome) { return outcome ? done() : outcome.failure(); }

}  // namespace

Outcome<StarvedCalls> starve_create(const std::string& name) {
  StarvedCall starved;
  starved.call = [&](RefusedMemory& refused, std::uint32_t) {
    return without_value(create_session(OpenDevice(), name, &refused));
  };
  starved.again = [&](const Done&, std::uint32_t, StarvedCalls& calls) -> Outcome<bool> {
    calls.again.insert(told(create_session(name)));
    return true;
  };
  return starve(starved);
}

Outcome<StarvedCalls> starve_preserve(const std::string& name, int fd) {
  OwnedFd session;
  StarvedCall starved;
  starved.call = [&](RefusedMemory& refused, std::uint32_t) -> Done {
    Outcome<OwnedFd> made = create_session(name);
    if (!made) return made.failure();
    session = *std::move(made);
    return preserve_fd(session.get(), fd, 0, name, &refused);
  };
  starved.again = [&](const Done& called, std::uint32_t, StarvedCalls& calls) -> Outcome<bool> {
    if (!called) {
      if (!can_be_resized(fd)) calls.again.insert("frozen");
      calls.again.insert(told(preserve_fd(session.get(), fd, 0, name)));
    }
    session = OwnedFd();
    return true;
  };
  return starve(starved);
}

Outcome<StarvedCalls> starve_retrieve(const std::string& name, OwnedFd& session) {
  const auto hold = [&](Outcome<OwnedFd> got) {
    if (got) session = *std::move(got);
  };
  StarvedCall starved;
  starved.call = [&](RefusedMemory& refused, std::uint32_t) {
    Outcome<OwnedFd> got = retrieve_session(OpenDevice(), name, &refused);
    const Done called = without_value(got);
    hold(std::move(got));
    return called;
  };
  starved.again = [&](const Done& called, std::uint32_t, StarvedCalls&) -> Outcome<bool> {
    return !called;
  };
  return starve(starved);
}

Outcome<StarvedCalls> starve_retrieve_fd(int session, std::uint64_t token) {
  const auto token_of = [token](std::uint32_t nth) { return token + nth - 1; };
  StarvedCall starved;
  starved.call = [&](RefusedMemory& refused, std::uint32_t nth) -> Done {
    const Outcome<OwnedFd> got = retrieve_fd(session, token_of(nth), "starved file", &refused);
    if (got) return done();
    if (refused.struck() || got.failure().error != ENOENT) return got.failure();
    return Failure{"request", ENOENT,
                   "no file has token " + std::to_string(token_of(nth)) +
                       "; preserve more of them, one for each place where memory is asked for"};
  };
  starved.again = [&](const Done& called, std::uint32_t nth, StarvedCalls& calls) -> Outcome<bool> {
    if (!called) calls.again.insert(told(retrieve_fd(session, token_of(nth), "starved file")));
    return true;
  };
  return starve(starved);
}

}  // namespace luolab
