// SPDX-License-Identifier: Apache-2.0
#define XXH_VECTOR 1  // XXH_SSE2
#include "core/wire/hash_body.h"

namespace luolab {

const HashFunctions kSse2Hash = {reset_state, update_state, digest_state};

}  // namespace luolab
