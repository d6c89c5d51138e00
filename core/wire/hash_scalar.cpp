// SPDX-License-Identifier: Apache-2.0
#define XXH_VECTOR 0  // XXH_SCALAR
#include "core/wire/hash_body.h"

namespace luolab {

const HashFunctions kScalarHash = {reset_state, update_state, digest_state};

}  // namespace luolab
