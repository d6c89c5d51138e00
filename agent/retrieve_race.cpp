// SPDX-License-Identifier: Apache-2.0
#include "agent/retrieve_race.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "agent/luo.h"

namespace luolab {
namespace {

/// Open files share their position. Moves it, and puts it back.
bool is_same_open_file(int one, int other) {
  const off_t before = lseek(one, 0, SEEK_CUR);
  const off_t elsewhere = lseek(other, 0, SEEK_CUR) + 1;
  lseek(one, elsewhere, SEEK_SET);
  const bool same = lseek(other, 0, SEEK_CUR) == elsewhere;
  lseek(one, before, SEEK_SET);
  return same;
}

/// Spins, since who sleeps or asks the kernel comes too late. Gives the CPU away now and then.
void await(const std::atomic<std::size_t>& ready, std::size_t threads) {
  constexpr unsigned kSpins = 200'000;
  for (unsigned spin = 1; ready < threads; ++spin) {
    if (spin % kSpins == 0) std::this_thread::yield();
  }
}

/// What each of the threads got from a call that all make at the same time.
template <class Call>
std::vector<Outcome<OwnedFd>> at_once(std::size_t threads, const Call& call) {
  std::vector<Outcome<OwnedFd>> got;
  for (std::size_t thread = 0; thread < threads; ++thread) got.emplace_back(OwnedFd());
  std::atomic<std::size_t> ready = 0;
  {
    std::vector<std::jthread> crew;
    for (Outcome<OwnedFd>& one : got) {
      crew.emplace_back([&] {
        ++ready;
        await(ready, threads);
        one = call();
      });
    }
  }
  return got;
}

}  // namespace

Outcome<RacedFile> retrieve_at_once(int session, std::uint64_t token, std::size_t threads,
                                    const std::string& subject) {
  std::vector<Outcome<OwnedFd>> got =
      at_once(threads, [&] { return retrieve_fd(session, token, subject); });
  for (const auto& one : got) {
    if (!one) return one.failure();
  }
  RacedFile raced{*std::move(got.front()), 1};
  raced.same_file += static_cast<std::size_t>(std::ranges::count_if(
      got.begin() + 1, got.end(),
      [&](const Outcome<OwnedFd>& one) { return is_same_open_file(raced.fd.get(), one->get()); }));
  return raced;
}

Outcome<RacedSession> retrieve_session_at_once(const std::string& name, std::size_t threads) {
  const OpenDevice device;
  std::vector<Outcome<OwnedFd>> got =
      at_once(threads, [&] { return retrieve_session(device, name); });
  RacedSession raced;
  for (Outcome<OwnedFd>& one : got) {
    if (!one) {
      raced.errors.insert(errno_name(one.failure().error));
    } else if (++raced.got == 1) {
      raced.fd = *std::move(one);
    }
  }
  if (raced.got == 0) return got.front().failure();
  return raced;
}

}  // namespace luolab
