// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

namespace luolab {

/// A mount namespace of this process and what it starts, and the mounts in it: they end with this
/// object, or with the process. Throws std::system_error where that is not allowed.
class OwnMounts {
 public:
  OwnMounts() {
    require(::unshare(CLONE_NEWNS), "a mount namespace");
    require(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "private mounts");
  }
  OwnMounts(const OwnMounts&) = delete;
  ~OwnMounts() { unmount(); }
  void mount(const std::string& type, const std::string& place, const std::string& options,
             unsigned long flags = 0) {
    require(::mount("none", place.c_str(), type.c_str(), flags, options.c_str()),
            type + " on " + place);
    places_.push_back(place);
  }
  void unmount() {
    for (; !places_.empty(); places_.pop_back()) ::umount2(places_.back().c_str(), MNT_DETACH);
  }

 private:
  static void require(int result, const std::string& what) {
    if (result != 0)
      throw std::system_error(errno, std::generic_category(), what + " (this test needs root)");
  }
  std::vector<std::string> places_;
};

}  // namespace luolab
