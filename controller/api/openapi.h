// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "controller/api/route.h"
#include "controller/api/schema.h"

namespace luolab {

/// The OpenAPI 3.1 document of a table of routes. Pure. `version` is luolab's.
boost::json::object openapi_document(const std::vector<Route>& routes, const SchemaBook& schemas,
                                     const std::string& version);

}  // namespace luolab
