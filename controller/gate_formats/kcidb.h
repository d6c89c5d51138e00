// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "core/protocol/verdict.h"

namespace luolab {

// Pieces of KCIDB's I/O schema v5.3 (kcidb-io, kcidb_io/schema/v05_03.py): no value is null, ids
// begin with the origin, text holds no NUL.

/// The document without its objects.
boost::json::object kcidb_document();

/// "origin:what": letters that an id can't have become "-".
std::string kcidb_id(const std::string& origin, std::string_view what);

/// "luolab.contract.08-late-writes": what is no letter, digit, "_" or "-" becomes "_".
std::string kcidb_path(std::string_view scenario, std::string_view name);

/// KCIDB has no word for an expected failure: XFAIL is told as FAIL is not, namely as DONE.
std::string_view kcidb_status(Verdict verdict);

/// At most 16384 characters, the schema's bound.
std::string kcidb_excerpt(std::string_view text);

/// Seconds, shown with a metric prefix.
boost::json::object kcidb_seconds(double seconds);

}  // namespace luolab
