// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "agent/hex.h"
#include "agent/mapping.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "agent/page_frames.h"
#include "core/wire/agent_wire.h"
#include "core/wire/digest_tree.h"

namespace luolab {
namespace {

using wire::field::kMemfd;

struct NamedMode {
  std::string_view name;
  int bits;
};

constexpr std::array<NamedMode, 4> kModes{
    {{"default", 0},
     {"keep_size", FALLOC_FL_KEEP_SIZE},
     {"punch_hole", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
     {"zero_range", FALLOC_FL_ZERO_RANGE}}};

int fallocate_mode(Arguments& arguments) {
  const std::string name = arguments.text_or("mode", "default");
  for (const NamedMode& mode : kModes) {
    if (mode.name == name) return mode.bits;
  }
  arguments.reject("mode: \"" + name + "\" is none of default, keep_size, punch_hole, zero_range");
  return 0;
}

Outcome<Mapping> whole_mapping(int fd, Mapping::Access access, const std::string& memfd) {
  const Outcome<std::uint64_t> size = memfd_size(fd, memfd);
  if (!size) return size.failure();
  return Mapping::of(fd, *size, access, memfd);
}

}  // namespace

Outcome<Json> memfd_truncate(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t size = arguments.number("size");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  if (ftruncate(*fd, static_cast<off_t>(size)) != 0) {
    return call_failed("ftruncate", memfd + " to " + std::to_string(size) + " bytes");
  }
  return Json::object();
}

Outcome<Json> memfd_fallocate(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t offset = arguments.number("offset");
  const std::uint64_t length = arguments.number("length");
  const int mode = fallocate_mode(arguments);
  const bool huge = arguments.flag("thp");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const auto allocate = [&]() -> Done {
    if (fallocate(*fd, mode, static_cast<off_t>(offset), static_cast<off_t>(length)) == 0)
      return done();
    return call_failed("fallocate", memfd + " from " + std::to_string(offset) + ", " +
                                        std::to_string(length) + " bytes");
  };
  const Done allocated = huge ? with_huge_pages(allocate) : allocate();
  if (!allocated) return allocated.failure();
  return Json::object();
}

Outcome<Json> memfd_read(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t offset = arguments.number("offset");
  const std::uint64_t length = arguments.number("length");
  if (length > wire::kWriteLimitBytes) {
    arguments.reject("length: at most " + std::to_string(wire::kWriteLimitBytes) + " a request");
  }
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  std::string bytes(length, '\0');
  const ssize_t count = pread(*fd, bytes.data(), length, static_cast<off_t>(offset));
  if (count < 0) return call_failed("pread", memfd + " at " + std::to_string(offset));
  bytes.resize(static_cast<std::size_t>(count));
  return Json{{"hex", to_hex(bytes)}};
}

Outcome<Json> memfd_frames(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const Outcome<Mapping> mapping = whole_mapping(*fd, Mapping::Access::read, memfd);
  if (!mapping) return mapping.failure();
  const Outcome<std::vector<std::uint64_t>> frames = page_frames(mapping->bytes());
  if (!frames) return frames.failure();
  DigestTreeBuilder builder(kRangeBytes, holdings.hash(), false);
  builder.add(std::as_bytes(std::span(*frames)));
  const auto absent = std::count(frames->begin(), frames->end(), std::uint64_t{0});
  return Json{{"digest", hex(builder.finish().whole)},
              {"present", frames->size() - static_cast<std::size_t>(absent)}};
}

Outcome<Json> memfd_pageout(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  Outcome<Mapping> mapping = whole_mapping(*fd, Mapping::Access::read, memfd);
  if (!mapping) return mapping.failure();
  const auto bytes = mapping->bytes();
  if (bytes.empty()) return Json::object();
  // Only pages that are mapped can be named to the kernel, and a mapping for writing would make
  // them dirty.
  if (Done read = mapping->populate(0, bytes.size()); !read) return read.failure();
  void* const start = const_cast<std::byte*>(bytes.data());
  if (madvise(start, bytes.size(), MADV_PAGEOUT) != 0) {
    return call_failed("madvise(MADV_PAGEOUT)", memfd);
  }
  return Json::object();
}

Done store_in_memfd(int fd, std::uint64_t offset_bytes, const std::string& bytes,
                    const std::string& subject) {
  Outcome<Mapping> mapping = whole_mapping(fd, Mapping::Access::write, subject);
  if (!mapping) return mapping.failure();
  const auto target = mapping->writable();
  if (offset_bytes > target.size() || bytes.size() > target.size() - offset_bytes) {
    return Failure{"request", EINVAL, subject + ": a store through a mapping ends beyond the file"};
  }
  const std::uint64_t first = offset_bytes / kPageBytes * kPageBytes;
  if (Done there = mapping->populate(first, offset_bytes + bytes.size() - first); !there) {
    return there.failure();
  }
  std::memcpy(target.data() + offset_bytes, bytes.data(), bytes.size());
  return done();
}

}  // namespace luolab
