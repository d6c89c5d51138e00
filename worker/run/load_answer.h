// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <boost/json/object.hpp>

#include "worker/run/load_oracle.h"

namespace luolab {

// What the agent answers about memory under load (docs/agent-protocol.md). Pure. What can't be read
// is left out or empty, and so never taken for what was expected.

/// The answer to load.journal.
std::vector<JournalFound> read_journals(const boost::json::object& result);

/// The answer to load.records.
std::vector<RecordFound> read_records(const boost::json::object& result);

}  // namespace luolab
