// SPDX-License-Identifier: Apache-2.0
#include "cli/state_store.h"

#include <filesystem>

namespace luolab {

Result<Store> open_state(const Places& places) {
  auto store = Store::open(store_file(places.state));
  if (store) store->recover();
  return store;
}

Result<Store> open_existing_state(const Places& places) {
  if (!std::filesystem::exists(store_file(places.state))) {
    return scenario_error(
        "nothing has been run yet; begin with: luolab run scenarios/quickstart.yaml");
  }
  return open_state(places);
}

}  // namespace luolab
