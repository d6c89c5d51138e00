// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/unique_fd.h"

namespace luolab {

/// A guest's memory that machines can be forked from: a memfd of this process (memfd_create(2)), so
/// it takes only the pages that were touched, and goes with its owner, also when that is killed.
/// Machines that have it open keep it alive.
class GuestMemory {
 public:
  GuestMemory() = default;
  /// Throws std::system_error where there is none to be had.
  explicit GuestMemory(std::uint64_t size_bytes);

  /// A second memory with the same content; holes stay holes. Blocking.
  /// Throws std::system_error.
  GuestMemory copy() const;

  std::uint64_t size_bytes() const { return size_bytes_; }
  /// The name under which children of this process open it.
  std::filesystem::path path() const;

 private:
  UniqueFd fd_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace luolab
