// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "agent/load/busy_loads.h"
#include "agent/load/counted_load.h"
#include "agent/luo.h"
#include "agent/owned_fd.h"

namespace luolab {
namespace {

constexpr off_t kFileBytes = 4096;
constexpr std::uint64_t kSharedFiles = 2000;  // of each thread, in the session that stays
constexpr std::uint64_t kAtOnce = 20;         // of them, a step
constexpr std::uint64_t kCrowd = 16;          // sessions of each thread at once, a step

struct SessionsState {
  OwnedFd shared;                    // all threads preserve files in it, at once
  std::vector<std::uint64_t> steps;  // of each thread
};

/// Empty where memory ran out, which is no wonder on a machine under load.
std::string problem_of(const Failure& failure) {
  return failure.error == ENOMEM ? "" : in_words(failure);
}

Outcome<OwnedFd> make_file(const std::string& name, off_t size) {
  OwnedFd file(memfd_create(name.c_str(), MFD_CLOEXEC));
  if (!file || ftruncate(file.get(), size) != 0) return call_failed("memfd_create", name);
  return file;
}

// Empty ones: what takes long is the session's own bookkeeping, where threads meet.
std::string share_files(int session, std::uint64_t first_token, const std::string& name) {
  for (std::uint64_t token = first_token; token < first_token + kAtOnce; ++token) {
    const Outcome<OwnedFd> file = make_file(name, 0);
    if (!file) return problem_of(file.failure());
    if (const Done preserved = preserve_fd(session, file->get(), token, name); !preserved)
      return problem_of(preserved.failure());
  }
  return {};
}

// Frozen while its session is there, and no longer.
std::string preserve_and_give_up(const std::string& name) {
  const Outcome<OwnedFd> file = make_file(name, kFileBytes);
  if (!file) return problem_of(file.failure());
  {
    const Outcome<OwnedFd> session = create_session(name);
    if (!session) return problem_of(session.failure());
    if (const Done kept = preserve_fd(session->get(), file->get(), 0, name); !kept)
      return problem_of(kept.failure());
    if (ftruncate(file->get(), 2 * kFileBytes) == 0) return name + ": preserved, and not frozen";
    if (errno != EPERM) return name + ": ftruncate: " + std::strerror(errno);
  }
  if (ftruncate(file->get(), 2 * kFileBytes) == 0) return {};
  return name + ": its session is closed, and it can't be resized: " + std::strerror(errno);
}

// Sessions that come and go right after each other, so that threads meet in the list of them.
std::string crowd(const std::string& name) {
  const OpenDevice device;
  std::vector<OwnedFd> sessions;
  for (std::uint64_t one = 0; one < kCrowd; ++one) {
    Outcome<OwnedFd> session = create_session(device, name + "-" + std::to_string(one));
    if (!session) return problem_of(session.failure());
    sessions.push_back(*std::move(session));
  }
  return {};
}

std::string step_of(SessionsState& state, std::uint32_t thread) {
  const std::uint64_t step = ++state.steps[thread];
  const std::string name = "load-" + std::to_string(thread) + "-" + std::to_string(step);
  std::string problem = preserve_and_give_up(name);
  if (problem.empty()) problem = crowd(name);
  if (!problem.empty() || step * kAtOnce > kSharedFiles) return problem;
  return share_files(state.shared.get(), std::uint64_t{thread} << 32 | step * kAtOnce, name);
}

}  // namespace

Outcome<std::unique_ptr<Load>> start_session_load(const LoadPace& pace) {
  Outcome<OwnedFd> shared = create_session("load-shared");
  if (!shared) return shared.failure();
  const auto state = std::make_shared<SessionsState>();
  state->shared = *std::move(shared);
  state->steps.resize(pace.threads);
  return std::unique_ptr<Load>(
      new CountedLoad(pace, [state](std::uint32_t thread) { return step_of(*state, thread); }));
}

}  // namespace luolab
