// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/gate/gate_report.h"
#include "core/base/error.h"
#include "core/base/places.h"
#include "db/gate_record.h"

namespace luolab {

/// What the store of this state folder has of a gate. Fault::scenario where it has none, or nothing
/// is known of it yet.
Result<GateReport> stored_gate(const Places& places, GateId id);

}  // namespace luolab
