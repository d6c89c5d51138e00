// SPDX-License-Identifier: Apache-2.0
#include "db/event_writer.h"

#include <boost/json/serialize.hpp>

#include "db/column.h"

namespace luolab {

TimePoint now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

void append_event(Database& database, TimePoint time, const EventSubject& subject,
                  std::string_view kind, const boost::json::object& details) {
  database
      .prepare(
          "INSERT INTO events (time_ns, run, job, worker, kind, json) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .run(time.time_since_epoch(), id_value(subject.run), id_value(subject.job),
           text_value(subject.worker), kind, boost::json::serialize(details));
}

}  // namespace luolab
