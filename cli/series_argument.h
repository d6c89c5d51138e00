// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kernel-patches/catalog.h"

namespace luolab {

/// What `--series` names: a series or a mutant of the catalog, or anything that `read_series`
/// takes.
Result<Series> find_series(const Catalog& catalog, const std::string& argument);

}  // namespace luolab
