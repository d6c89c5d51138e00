// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace luolab {

/// An XXH3-128 digest. Plain value; `hex` writes the canonical (big-endian) form.
struct Digest128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Digest128&, const Digest128&) = default;
};

/// Room for the state of a running XXH3-128; the caller owns it and may copy it.
struct alignas(64) HashState {
  unsigned char bytes[640];
};

/// One compilation of XXH3-128. All give the same digests (xxHash's specification); they differ in
/// speed alone. Plain functions on plain memory, so that a translation unit built for a newer
/// CPU shares no inline code with the rest. Any thread, one thread per state.
struct HashFunctions {
  void (*reset)(HashState* state);
  void (*update)(HashState* state, const void* bytes, std::size_t size_bytes);
  Digest128 (*digest)(const HashState* state);
};

extern const HashFunctions kScalarHash;
#if defined(__x86_64__)
extern const HashFunctions kSse2Hash;
extern const HashFunctions kAvx2Hash;
#endif

}  // namespace luolab
