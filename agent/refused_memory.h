// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/failure.h"
#include "agent/owned_fd.h"

namespace luolab {

/// Has the kernel refuse one allocation of a call: the n-th that this thread asks for.
/// Source: Documentation/fault-injection/fault-injection.rst, "fail-nth". One thread.
class RefusedMemory {
 public:
  /// ENOENT where the kernel can't: it needs the fragment services.
  static Outcome<RefusedMemory> prepare();

  /// Which one is refused from now on, counted from 1 in each call.
  void set(std::uint32_t nth) {
    nth_ = nth;
    struck_ = lost_descriptor_ = false;
  }
  /// Right before the call, and right after it. Both keep errno.
  void begin_call();
  void end_call(bool failed);
  /// Whether the last call since then asked for that many.
  bool struck() const { return struck_; }
  /// Whether it failed and keeps the number of a descriptor that it had set aside.
  bool lost_descriptor() const { return lost_descriptor_; }

 private:
  explicit RefusedMemory(OwnedFd knob) : knob_(std::move(knob)) {}
  void write_knob(std::uint32_t nth);

  OwnedFd knob_;
  std::uint32_t nth_ = 1;
  int lowest_free_ = -1;
  bool struck_ = false;
  bool lost_descriptor_ = false;
};

}  // namespace luolab
