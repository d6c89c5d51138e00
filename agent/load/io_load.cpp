// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
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
  bool device = false;
};

struct IoState {
  std::vector<std::vector<Place>> places;  // of each thread
  std::vector<std::uint64_t> steps;        // of each thread
  std::atomic<bool> leaving = false;
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

std::string step_of(IoState& io, std::uint32_t thread) {
  const std::uint64_t step = ++io.steps[thread];
  for (const Place& place : io.places[thread]) {
    std::string problem = write_and_read(place, step);
    // A kernel that is left shuts its devices down (device_shutdown, drivers/base/core.c) before it
    // stops the CPUs: from then on every request fails, as it must.
    if (!problem.empty() && !(place.device && io.leaving)) return problem;
  }
  return {};
}

class IoLoad final : public CountedLoad {
 public:
  IoLoad(std::shared_ptr<IoState> io, const LoadPace& pace)
      : CountedLoad(pace, [io](std::uint32_t thread) { return step_of(*io, thread); }),
        io_(std::move(io)) {}
  void leaving() override { io_->leaving = true; }

 private:
  std::shared_ptr<IoState> io_;
};

Done add_place(std::vector<Place>& places, const std::string& name, int flags) {
  OwnedFd fd(open(name.c_str(), O_RDWR | O_CLOEXEC | flags, 0600));
  if (!fd) return call_failed("open", name);
  places.push_back({name, std::move(fd)});
  return done();
}

Done add_places(std::vector<Place>& places, const std::string& file, const std::string& device,
                std::uint64_t start_bytes) {
  Done added = add_place(places, file, O_CREAT);
  if (!added || device.empty()) return added;
  added = add_place(places, device, 0);
  if (!added) return added;
  places.back().device = true;
  places.back().start_bytes = start_bytes;
  return done();
}

}  // namespace

Outcome<std::unique_ptr<Load>> start_io_load(const std::string& folder, const std::string& device,
                                             const LoadPace& pace) {
  mkdir(folder.c_str(), 0700);
  if (getpid() == 1) mount("tmpfs", folder.c_str(), "tmpfs", 0, nullptr);  // else it is what it is
  const auto io = std::make_shared<IoState>();
  io->places.resize(pace.threads);
  io->steps.resize(pace.threads);
  for (std::uint32_t thread = 0; thread < pace.threads; ++thread) {
    const Done added = add_places(io->places[thread], folder + "/load-" + std::to_string(thread),
                                  device, thread * kBlocks * kBlockBytes);
    if (!added) return added.failure();
  }
  return std::unique_ptr<Load>(new IoLoad(io, pace));
}

}  // namespace luolab
