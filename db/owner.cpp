// SPDX-License-Identifier: Apache-2.0
#include "db/owner.h"

#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fmt/format.h>

namespace luolab {
namespace {

std::string new_name() {
  std::uint64_t salt = 0;
  if (::getrandom(&salt, sizeof salt, 0) != sizeof salt) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  return fmt::format("{}-{:016x}.lock", ::getpid(), salt);
}

}  // namespace

Owner::Owner(const std::filesystem::path& folder)
    : name_(new_name()), path_(folder / name_), lock_(FileLock::attempt(path_)) {}

Owner::~Owner() {
  std::error_code ignored;  // a file left behind is removed by the next recovery
  std::filesystem::remove(path_, ignored);
}

std::optional<FileLock> lock_of_the_gone(const std::filesystem::path& folder,
                                         std::string_view name) {
  FileLock lock = FileLock::attempt(folder / name);
  if (!lock.held()) return {};
  return lock;
}

}  // namespace luolab
