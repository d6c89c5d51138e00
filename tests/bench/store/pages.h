// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "db/store.h"

namespace luolab::bench {

/// Prints how long the first page of each list takes: the median of 20, and the worst.
/// True where no median is over 20 ms.
bool print_pages(const Store& store);

}  // namespace luolab::bench
