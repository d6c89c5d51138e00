// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/json.h"

namespace luolab {

/// Something that keeps the machine busy while its kernel is replaced. Runs from its construction,
/// on threads or in processes of its own, until it is halted or destroyed; where nobody does that,
/// it runs into the kexec. One thread, but for `figures`.
class Load {
 public:
  virtual ~Load() = default;
  Load() = default;
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// What to tell of it while it runs: {"done":[k, ...]} of memory writers, {"count":n,"bad":m} of
  /// the others, with "first_bad" in words where m > 0. Any thread; never waits for the load.
  virtual Json figures() const = 0;

  /// Stops it and waits until it has stopped; `figures` are the last then. May be repeated.
  virtual void halt() = 0;

  /// The kernel is about to be left, and the worker has been told so.
  virtual void leaving() {}
};

}  // namespace luolab
