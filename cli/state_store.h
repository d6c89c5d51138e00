// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/places.h"
#include "db/store.h"

namespace luolab {

/// The store of the state folder, where runs and gates of processes that are gone have been ended.
/// Creates it where there is none. Fault::lab where it can't be used.
Result<Store> open_state(const Places& places);

/// The same for a command that only shows what is there. Fault::scenario where nothing was run yet.
Result<Store> open_existing_state(const Places& places);

}  // namespace luolab
