// SPDX-License-Identifier: Apache-2.0
#include "cli/stored_gate.h"

#include "cli/state_store.h"
#include "controller/gate/gate_storage.h"

namespace luolab {

Result<GateReport> stored_gate(const Places& places, GateId id) {
  const auto store = open_existing_state(places);
  if (!store) return store.error();
  return stored_report(*store, id);
}

}  // namespace luolab
