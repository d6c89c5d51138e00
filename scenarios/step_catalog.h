// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace luolab {

/// How a member of a step is written, and what becomes of it in the request to the agent.
enum class MemberKind {
  handle,  ///< any text: a session, a file, an actor
  text,    ///< any text
  words,   ///< a list of words
  number,  ///< within `range`
  signed_number,
  size,   ///< a size in bytes, such as 4KiB
  flag,   ///< true or false
  bytes,  ///< hexadecimal digits, two a byte
};

struct NumberRange {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};

struct StepMember {
  std::string_view name;
  MemberKind kind = MemberKind::text;
  bool required = true;
  std::vector<std::string_view> choices;  ///< of a text or of each word; empty: any
  NumberRange range;                      ///< of a number
};

/// An operation that scenarios can ask for in `before` and `after` (docs/scenario-format.md).
struct StepOperation {
  std::string_view name;
  std::vector<StepMember> members;
  bool by_actors = true;   ///< an actor can do it
  bool repeatable = true;  ///< it can stand in a `repeat`
};

/// All of them, in the order of the documentation.
std::span<const StepOperation> step_operations();
/// nullptr where there is none of this name.
const StepOperation* find_step_operation(std::string_view name);

}  // namespace luolab
