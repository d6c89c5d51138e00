// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "agent/arguments.h"
#include "agent/failure.h"
#include "agent/holdings.h"
#include "agent/json.h"

namespace luolab {

/// What to do when the answer has been sent.
enum class AfterReply { nothing, kexec, power_off };

struct Reply {
  std::string line;  ///< without newline
  AfterReply then = AfterReply::nothing;
};

/// Answers one request line after the other. Never throws and never gives up: whatever a line
/// holds, there is an answer to it. Borrows the holdings.
class Dispatcher {
 public:
  /// `powers_off`: whether this agent may switch the machine off, which is so for PID 1.
  Dispatcher(Holdings& holdings, bool powers_off) : holdings_(holdings), powers_off_(powers_off) {}

  Reply answer(std::string_view line);
  /// The answer to a line over wire::kLineLimitBytes, of which nothing was read.
  std::string answer_too_long() const;
  /// The second answer to a kexec that the kernel refused.
  std::string answer_refused(const Failure& failure) const;

 private:
  Reply dispatch(const Json& request);
  Json perform(const Json& request);
  Json perform_batch(const Json& request);
  Json perform_repeat(const Json& request);
  Json perform_by_actor(Arguments& arguments, std::uint64_t start);

  Holdings& holdings_;
  bool powers_off_;
  Json id_;  // of the request in hand
};

/// The "error" member: call, errno by name, detail, and the promise that it breaks, if any.
Json to_json(const Failure& failure);

}  // namespace luolab
