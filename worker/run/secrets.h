// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/wire/pattern.h"

namespace luolab {

/// What an attempt knows and its machine must not be able to invent: the nonce that goes along in
/// preserved memory, and the seeds of the contents. The outgoing agent is told them after it has
/// booted; the incoming one is told only the keys of the position marks. They are on no command
/// line and in no initramfs.
struct AttemptSecrets {
  std::string nonce;  ///< 32 hexadecimal digits
  std::uint64_t seed = 0;

  /// From the operating system's random source.
  static AttemptSecrets fresh();
  /// Seed and mark key of the memfd with this number, counted over all sessions.
  PatternKey key_of(std::size_t memfd_number) const;
};

}  // namespace luolab
