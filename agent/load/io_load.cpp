// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "agent/load/busy_loads.h"
#include "agent/load/counted_load.h"
#include "agent/owned_fd.h"

namespace luolab {
namespace {

constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::uint64_t kBlocks = 64;  // 4 MiB a thread and file

using Block = std::array<char, kBlockBytes>;

// A file, or a thread's stretch of a device.
struct Place {
  std::string name;
  OwnedFd fd;
  std::uint64_t start_bytes = 0;
};

std::string failed(const Place& place, const char* call) {
  return place.name + ": " + call + ": " + std::strerror(errno);
}

std::string write_and_read(const Place& place, std::uint64_t step) {
  const auto offset = static_cast<off_t>(place.start_bytes + step % kBlocks * kBlockBytes);
  const auto written = std::make_unique<Block>();
  const auto read = std::make_unique<Block>();
  written->fill(static_cast<char>(step * 37 + step / kBlocks));
  if (pwrite(place.fd.get(), written->data(), kBlockBytes, offset) != ssize_t{kBlockBytes})
    return failed(place, "pwrite");
  if (fdatasync(place.fd.get()) != 0) return failed(place, "fdatasync");
  if (pread(place.fd.get(), read->data(), kBlockBytes, offset) != ssize_t{kBlockBytes})
    return failed(place, "pread");
  if (*written == *read) return {};
  return place.name + ": block " + std::to_string(step % kBlocks) + " was read back differently";
}

Done add_place(std::vector<Place>& places, const std::string& name, int flags,
               std::uint64_t start_bytes) {
  OwnedFd fd(open(name.c_str(), O_RDWR | O_CLOEXEC | flags, 0600));
  if (!fd) return call_failed("open", name);
  places.push_back({name, std::move(fd), start_bytes});
  return done();
}

}  // namespace

Outcome<std::unique_ptr<Load>> start_io_load(const std::string& folder, const std::string& device,
                                             const LoadPace& pace) {
  mkdir(folder.c_str(), 0700);
  if (getpid() == 1) mount("tmpfs", folder.c_str(), "tmpfs", 0, nullptr);  // else it is what it is
  const auto places = std::make_shared<std::vector<std::vector<Place>>>(pace.threads);
  for (std::uint32_t thread = 0; thread < pace.threads; ++thread) {
    const std::string file = folder + "/load-" + std::to_string(thread);
    Done added = add_place((*places)[thread], file, O_CREAT, 0);
    if (added && !device.empty()) {
      added = add_place((*places)[thread], device, 0, thread * kBlocks * kBlockBytes);
    }
    if (!added) return added.failure();
  }
  const auto steps = std::make_shared<std::vector<std::uint64_t>>(pace.threads);
  return std::unique_ptr<Load>(
      new CountedLoad(pace, [places, steps](std::uint32_t thread) -> std::string {
        const std::uint64_t step = ++(*steps)[thread];
        for (const Place& place : (*places)[thread]) {
          if (std::string problem = write_and_read(place, step); !problem.empty()) return problem;
        }
        return {};
      }));
}

}  // namespace luolab
