// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/file.h"

namespace luolab {

/// Proof that the process which runs something is alive: a lock file of its own, which the kernel
/// unlocks when the process ends, however it ends. A process number alone could be used again.
/// The destructor removes the file. Throws std::system_error where the folder can't be written.
class Owner {
 public:
  explicit Owner(const std::filesystem::path& folder);
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner();

  /// Names the lock file; never used twice.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::filesystem::path path_;
  FileLock lock_;
};

/// The lock of an owner that is gone, held so that nobody else cleans up at the same time.
/// Empty where the owner is alive, or somebody else is at it.
std::optional<FileLock> lock_of_the_gone(const std::filesystem::path& folder,
                                         std::string_view name);

}  // namespace luolab
