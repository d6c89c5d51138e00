// SPDX-License-Identifier: Apache-2.0
#include "cli/stored_gate.h"

#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "db/store.h"

namespace luolab {

Result<GateReport> stored_gate(const Places& places, GateId id) {
  const auto file = store_file(places.state);
  if (!std::filesystem::exists(file))
    return scenario_error("nothing has been run yet; begin with: luolab gate --series PATCH");
  auto store = Store::open(file);
  if (!store) return store.error();
  store->recover();
  const auto gate = store->gate(id);
  if (!gate) return scenario_error(fmt::format("there is no gate {}", id_text(id)));
  auto report = read_gate_json(gate->report_json);
  if (report) return report;
  return scenario_error(
      fmt::format("gate {} ended before anything was known: {}", id_text(id), gate->row.reason));
}

}  // namespace luolab
