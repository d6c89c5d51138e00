// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/wire/hash_functions.h"

namespace luolab {

/// Which compilation of XXH3-128 to use. Digests do not depend on it.
enum class HashKind { scalar, sse2, avx2 };

/// "scalar", "sse2", "avx2".
std::string_view hash_name(HashKind kind);

/// The functions of a kind that `runnable_hashes` lists; others must not be called.
const HashFunctions& hash_functions(HashKind kind);

/// What this CPU can run (CPUID), scalar first. Never empty.
std::vector<HashKind> runnable_hashes();

/// Speed of one kind over memory that stays in the cache.
struct HashSpeed {
  HashKind kind = HashKind::scalar;
  double bytes_per_second = 0;
};

/// Times every runnable kind on a few hundred KiB, in a millisecond or less each. Which one wins
/// depends on the machine: software emulation makes vector instructions slow, hardware makes them
/// fast.
std::vector<HashSpeed> measure_hashes();

/// The fastest of `speeds`; scalar where there is none.
HashKind fastest_hash(std::span<const HashSpeed> speeds);

}  // namespace luolab
