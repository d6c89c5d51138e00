// SPDX-License-Identifier: Apache-2.0
#include "controller/api/schema.h"

namespace luolab {

boost::json::object SchemaBook::components() const {
  boost::json::object json;
  for (const auto& [name, component] : components_) json[name] = component;
  return json;
}

}  // namespace luolab
