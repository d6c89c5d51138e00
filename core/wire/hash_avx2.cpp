// SPDX-License-Identifier: Apache-2.0
#define XXH_VECTOR 2  // XXH_AVX2
#include "core/wire/hash_body.h"

namespace luolab {

const HashFunctions kAvx2Hash = {reset_state, update_state, digest_state};

}  // namespace luolab
