// SPDX-License-Identifier: Apache-2.0
#include "agent/load/busy_loads.h"

#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "agent/load/counted_load.h"
#include "agent/mapping.h"
#include "core/wire/hash_choice.h"
#include "core/wire/pattern.h"

namespace luolab {
namespace {

constexpr int kLooks = 50;
constexpr std::size_t kBlockBytes = 64 << 10;
constexpr int kChildStatus = 42;

bool is_whole(std::uint64_t mark, std::uint64_t page, std::span<const std::byte> memory) {
  const ConstPageBytes bytes(memory.data() + page * kPageBytes, kPageBytes);
  for (int look = 0; look < kLooks; ++look) {
    if (read_record(mark, page, bytes)) return true;
    poll(nullptr, 0, 1);
  }
  return false;
}

Digest128 digest_of(const std::vector<std::byte>& block) {
  HashState state;
  kScalarHash.reset(&state);
  kScalarHash.update(&state, block.data(), block.size());
  return kScalarHash.digest(&state);
}

// A child without exit signal: nobody who waits for any child takes its status away. It shares the
// table of descriptors: a copy would hold open for a moment what the agent closes (clone(2)).
std::string fork_once() {
  const long child = syscall(SYS_clone, CLONE_FILES, nullptr, nullptr, nullptr, 0);
  if (child == 0) _exit(kChildStatus);
  if (child < 0) return std::string("clone: ") + std::strerror(errno);
  int status = 0;
  if (waitpid(static_cast<pid_t>(child), &status, __WCLONE) < 0) {
    return std::string("waitpid: ") + std::strerror(errno);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kChildStatus) return {};
  return "a child ended with status " + std::to_string(status);
}

}  // namespace

Outcome<std::unique_ptr<Load>> start_memory_reader(int memfd, std::uint64_t size_bytes,
                                                   std::uint64_t mark, const LoadShape& shape,
                                                   const LoadPace& pace) {
  Outcome<Mapping> mapping =
      Mapping::of(memfd, size_bytes, Mapping::Access::read, "memfd that is read");
  if (!mapping) return mapping.failure();
  const auto memory = std::make_shared<Mapping>(*std::move(mapping));
  const auto steps = std::make_shared<std::vector<std::uint64_t>>(pace.threads);
  return std::unique_ptr<Load>(
      new CountedLoad(pace, [memory, steps, mark, shape](std::uint32_t thread) -> std::string {
        const std::uint64_t page = load_page(shape, thread, ++(*steps)[thread]);
        if (is_whole(mark, page, memory->bytes())) return {};
        return "page " + std::to_string(page) + " is no whole record";
      }));
}

std::unique_ptr<Load> start_cpu_load(const LoadPace& pace) {
  const std::vector<std::byte> block(kBlockBytes, std::byte{0x5a});
  const Digest128 right = digest_of(block);
  return std::make_unique<CountedLoad>(pace, [block, right](std::uint32_t) -> std::string {
    return digest_of(block) == right ? "" : "a digest came out differently";
  });
}

std::unique_ptr<Load> start_fork_load(const LoadPace& pace) {
  return std::make_unique<CountedLoad>(pace, [](std::uint32_t) { return fork_once(); });
}

}  // namespace luolab
