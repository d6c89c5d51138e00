// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "agent/failure.h"

namespace luolab {

/// A file mapped shared, from its start; the destructor unmaps it. The start is aligned to 2 MiB,
/// so that huge pages of the file can be mapped as such. 0 bytes: an empty span.
class Mapping {
 public:
  enum class Access { read, write };

  static Outcome<Mapping> of(int fd, std::uint64_t size_bytes, Access access,
                             const std::string& subject);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&&) = delete;
  ~Mapping();

  std::span<const std::byte> bytes() const { return bytes_; }
  /// For Access::write only.
  std::span<std::byte> writable() { return bytes_; }

  /// Maps the pages of a stretch now, allocating what is missing when the access is write. Refused
  /// with ENOMEM or EFAULT where memory runs out, where a touch would kill the process.
  Done populate(std::uint64_t offset_bytes, std::uint64_t length_bytes);

 private:
  Mapping(std::span<std::byte> bytes, Access access, std::string subject)
      : bytes_(bytes), access_(access), subject_(std::move(subject)) {}

  std::span<std::byte> bytes_;
  Access access_;
  std::string subject_;
};

/// How much of a mapping the kernel maps with huge pages, in KiB (ShmemPmdMapped of
/// /proc/self/smaps), after one touch every 2 MiB.
std::uint64_t huge_kib(const Mapping& mapping);

}  // namespace luolab
