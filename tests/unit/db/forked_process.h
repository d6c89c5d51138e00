// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>

#include "core/base/unique_fd.h"

namespace luolab {

/// The child's end: bytes to the parent, and waiting for the parent.
class ParentLink {
 public:
  ParentLink(int out, int in) : out_(out), in_(in) {}
  void say(char byte) const;
  /// Blocks until the parent says something or is gone.
  void await() const;

 private:
  int out_;
  int in_;
};

/// A forked child that runs a function and ends; killed and reaped by the destructor. Fork before
/// the parent opens a store: SQLite connections and locks must not cross a fork.
class ForkedProcess {
 public:
  explicit ForkedProcess(const std::function<void(const ParentLink&)>& work);
  ForkedProcess(const ForkedProcess&) = delete;
  ForkedProcess& operator=(const ForkedProcess&) = delete;
  ~ForkedProcess();

  /// What the child says next; empty when it has ended.
  std::optional<char> hear() const;
  void say(char byte) const;
  /// SIGKILL, and waits until it is gone.
  void kill();
  /// Waits for its end: 0 where the function returned, 1 where it threw.
  int wait();

 private:
  pid_t pid_ = -1;
  UniqueFd from_child_;
  UniqueFd to_child_;
};

}  // namespace luolab
