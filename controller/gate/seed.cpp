// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/seed.h"

#include <string>

#include "core/base/sha256.h"

namespace luolab {

std::uint64_t seed_of(std::string_view words) {
  return std::stoull(sha256_of(words).substr(0, 16), nullptr, 16);
}

}  // namespace luolab
