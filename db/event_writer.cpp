// SPDX-License-Identifier: Apache-2.0
#include "db/event_writer.h"

#include <boost/json/serialize.hpp>

namespace luolab {

TimePoint now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

void append_event(Database& database, TimePoint time, RunId run, std::optional<JobId> job,
                  std::string_view kind, const boost::json::object& details) {
  const auto job_row = job ? std::optional(job->value) : std::nullopt;
  database.prepare("INSERT INTO events (time_ns, run, job, kind, json) VALUES (?1, ?2, ?3, ?4, ?5)")
      .run(time.time_since_epoch(), run.value, job_row, kind, boost::json::serialize(details));
}

}  // namespace luolab
