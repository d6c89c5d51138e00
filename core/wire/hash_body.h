// SPDX-License-Identifier: Apache-2.0
#pragma once

// Included once by each hash_*.cpp, which has set XXH_VECTOR. XXH_INLINE_ALL makes everything of
// xxHash local to the including file.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/wire/hash_functions.h"

namespace luolab {
namespace {

static_assert(sizeof(XXH3_state_t) <= sizeof(HashState));
static_assert(alignof(XXH3_state_t) <= alignof(HashState));

XXH3_state_t* native(HashState* state) { return reinterpret_cast<XXH3_state_t*>(state->bytes); }

void reset_state(HashState* state) {
  XXH3_INITSTATE(native(state));
  XXH3_128bits_reset(native(state));
}

void update_state(HashState* state, const void* bytes, std::size_t size_bytes) {
  if (size_bytes != 0) XXH3_128bits_update(native(state), bytes, size_bytes);
}

Digest128 digest_state(const HashState* state) {
  const XXH128_hash_t hash =
      XXH3_128bits_digest(reinterpret_cast<const XXH3_state_t*>(state->bytes));
  return {hash.high64, hash.low64};
}

}  // namespace
}  // namespace luolab
