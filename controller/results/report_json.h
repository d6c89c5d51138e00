// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/protocol/report.h"

namespace luolab {

/// The `report` member of schema "luolab.run/v1" (docs/results.md). Names carry their unit.
boost::json::object report_json(const AttemptReport& report);

/// The same JSON with every string valid UTF-8.
boost::json::value valid_json(const boost::json::value& json);

}  // namespace luolab
