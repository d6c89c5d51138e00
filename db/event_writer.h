// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

TimePoint now();

/// What an event is about.
struct EventSubject {
  std::optional<RunId> run;
  std::optional<JobId> job;
  std::string_view worker;  ///< may be empty
};

/// Appends one event; belongs into the transaction of the change that it tells of.
void append_event(Database& database, TimePoint time, const EventSubject& subject,
                  std::string_view kind, const boost::json::object& details = {});

}  // namespace luolab
