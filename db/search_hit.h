// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe/enum.hpp>

namespace luolab {

enum class SearchKind {
  run,       ///< title or submitter
  job,       ///< title or scenario
  reason,    ///< why a job did not pass
  finding,   ///< console excerpts of an attempt
  build,     ///< title or release of a build that a report named
  worker,    ///< name
  gate,      ///< title, of the newest ones
  scenario,  ///< name
};
BOOST_DESCRIBE_ENUM(SearchKind, run, job, reason, finding, build, worker, gate, scenario)

struct SearchHit {
  SearchKind kind = SearchKind::run;
  /// Of the run, job (also for reasons), attempt (findings), build, worker or gate; scenarios have
  /// none.
  std::int64_t id = 0;
  std::string text;  ///< what was searched, at most 200 bytes of it
};

}  // namespace luolab
