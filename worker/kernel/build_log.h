// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace luolab {

/// The first thing that went wrong in the output of a kernel's make, at most some 20 lines: the
/// compiler's error with its source lines and the function it is in, else the linker's complaint,
/// else what make says before its first "***". Empty where there is none of these.
std::string first_build_error(std::string_view log);

/// Reads make's lines as they come ("  CC      mm/shmem.o") and knows how far it is.
class MakeProgress {
 public:
  /// Returns whether `line` was a step.
  bool read(std::string_view line);
  std::uint64_t steps() const { return steps_; }
  /// From vmlinux.o on: what is left takes no counted steps.
  bool linking() const { return linking_; }

 private:
  std::uint64_t steps_ = 0;
  bool linking_ = false;
};

}  // namespace luolab
