// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/store_reader.h"

#include <algorithm>

namespace luolab {

Result<StoreReader> StoreReader::open(const std::filesystem::path& file, std::size_t connections) {
  std::vector<LaneRef> lanes;
  for (std::size_t i = 0; i < connections; ++i) {
    auto store = Store::open_reader(file);
    if (!store) return store.error();
    lanes.push_back(std::make_shared<Lane>(std::move(*store)));
  }
  return StoreReader(std::move(lanes));
}

StoreReader::LaneRef StoreReader::idlest() const {
  return *std::ranges::min_element(lanes_, {}, [](const LaneRef& lane) { return lane->waiting; });
}

}  // namespace luolab
