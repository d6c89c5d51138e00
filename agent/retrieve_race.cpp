// SPDX-License-Identifier: Apache-2.0
#include "agent/retrieve_race.h"

#include <unistd.h>

#include <algorithm>
#include <latch>
#include <optional>
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

}  // namespace

Outcome<RacedFile> retrieve_at_once(int session, std::uint64_t token, std::size_t threads,
                                    const std::string& subject) {
  std::vector<std::optional<Outcome<OwnedFd>>> got(threads);
  std::latch start(static_cast<std::ptrdiff_t>(threads));
  {
    std::vector<std::jthread> crew;
    for (std::optional<Outcome<OwnedFd>>& one : got) {
      crew.emplace_back([&] {
        start.arrive_and_wait();
        one.emplace(retrieve_fd(session, token, subject));
      });
    }
  }
  for (const auto& one : got) {
    if (!*one) return one->failure();
  }
  RacedFile raced{*std::move(*got.front()), 1};
  raced.same_file += static_cast<std::size_t>(
      std::ranges::count_if(got.begin() + 1, got.end(), [&](std::optional<Outcome<OwnedFd>>& one) {
        return is_same_open_file(raced.fd.get(), (*one)->get());
      }));
  return raced;
}

}  // namespace luolab
