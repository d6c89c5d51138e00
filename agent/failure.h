// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace luolab {

/// A call that the kernel, or the agent's own reading of a request, refused. The worker decides
/// what it means: a test may expect it.
struct Failure {
  std::string call;    ///< "ioctl(LIVEUPDATE_SESSION_PRESERVE_FD)", "request"
  int error = 0;       ///< an errno
  std::string detail;  ///< names the thing and the value
};

/// "ioctl(...): EBUSY: session "x", token 3".
std::string in_words(const Failure& failure);

/// A value, or why there is none.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  const Failure& failure() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Failure> state_;
};

using Done = Outcome<std::monostate>;
inline Done done() { return std::monostate{}; }

/// A Failure with the current errno.
Failure call_failed(std::string call, std::string detail);

/// "EBUSY"; a number without a name as "errno 4095".
std::string errno_name(int error);

/// The promise of the live-update contract (docs/agent-protocol.md lists them) that a failure of
/// this call breaks unless the test expects it: "10: an inode is preserved once at a time".
/// Empty where the call promises nothing.
std::string_view broken_promise(std::string_view call, int error);

}  // namespace luolab
