// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/failure.h"
#include "agent/owned_fd.h"
#include "core/wire/pattern.h"

namespace luolab {

/// A memfd as it shall be before it is preserved.
struct MemfdRequest {
  std::string name;  ///< its handle, which is also its name in /proc
  Layout layout;
  PagePattern pattern = PagePattern::random;
  PatternKey key;
  bool huge = false;   ///< with `force` in the shmem knob while it is filled
  unsigned flags = 0;  ///< further flags of memfd_create(2)
};

/// Creates a memfd, sets its size, writes its data pages and allocates the fallocated ones. Before
/// allocating pages that must read as zero it dirties and frees as much memory, since fresh
/// machines give out zeroed memory anyway and the check would see nothing.
Outcome<OwnedFd> create_memfd(const MemfdRequest& request);

/// Does `work` while the kernel gives every shmem file huge pages, as `MemfdRequest::huge` asks.
Done with_huge_pages(const std::function<Done()>& work);

/// What can be seen of a memfd from outside.
struct MemfdStat {
  std::uint64_t size_bytes = 0;
  std::uint64_t blocks = 0;  ///< of 512 bytes
  std::uint64_t position_bytes = 0;
  unsigned mode = 0;  ///< permission bits
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::vector<std::string> seals;
  std::vector<std::string> flags;  ///< of fcntl(2) F_GETFL, and FD_CLOEXEC
};
Outcome<MemfdStat> stat_memfd(int fd, const std::string& subject);

Outcome<std::uint64_t> memfd_size(int fd, const std::string& subject);

/// Adds seals by name: "seal", "shrink", "grow", "write", "future_write", "exec".
Done seal_memfd(int fd, const std::vector<std::string>& seals, const std::string& subject);

Done seek_memfd(int fd, std::uint64_t position_bytes, const std::string& subject);

/// The same through a shared mapping, by a store of the processor; the bytes lie in the file.
Done store_in_memfd(int fd, std::uint64_t offset_bytes, const std::string& bytes,
                    const std::string& subject);

Done write_memfd(int fd, std::uint64_t offset_bytes, const std::string& bytes,
                 const std::string& subject);

}  // namespace luolab
