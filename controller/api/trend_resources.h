// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "core/protocol/report.h"
#include "db/trend.h"

namespace luolab {

// What the API shows of trends; forms are those of resources.h.

/// An attempt as a point of a trend (db/trend.h).
struct TrendResource {
  std::string attempt;
  std::string job;
  std::string title;
  std::string scenario;
  std::string worker;
  std::string accel;
  std::string started;
  Verdict verdict = Verdict::MISS;
  std::string outgoing;
  std::string incoming;
  std::string outgoing_release;
  std::string incoming_release;
  std::string incoming_build;
  std::uint32_t hops = 0;
  std::uint64_t bytes_per_update = 0;
  std::optional<std::int64_t> duration_ns;
};
BOOST_DESCRIBE_STRUCT(TrendResource, (),
                      (attempt, job, title, scenario, worker, accel, started, verdict, outgoing,
                       incoming, outgoing_release, incoming_release, incoming_build, hops,
                       bytes_per_update, duration_ns))

/// db/trend.h
struct TrendChoicesResource {
  std::vector<std::string> scenarios;
  std::vector<std::string> workers;
  std::vector<std::uint64_t> sizes;  ///< values of bytes_per_update
};
BOOST_DESCRIBE_STRUCT(TrendChoicesResource, (), (scenarios, workers, sizes))

/// Live updates from one release to another.
struct VersionPairResource {
  std::string outgoing_release;
  std::string incoming_release;
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t unjudged = 0;
  std::string newest;  ///< attempt
  std::optional<std::int64_t> median_ns;
  std::uint64_t measured = 0;  ///< attempts behind the median
};
BOOST_DESCRIBE_STRUCT(VersionPairResource, (),
                      (outgoing_release, incoming_release, passed, failed, unjudged, newest,
                       median_ns, measured))

/// A test that passed and failed on the same builds.
struct FlakyTestResource {
  std::string test;
  std::string outgoing;
  std::string incoming;
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::string last_failure;  ///< job
  std::string worker;
};
BOOST_DESCRIBE_STRUCT(FlakyTestResource, (),
                      (test, outgoing, incoming, passed, failed, last_failure, worker))

TrendResource resource_of(const TrendPoint& point);
TrendChoicesResource resource_of(const TrendChoices& choices);
VersionPairResource resource_of(const VersionPair& pair);
FlakyTestResource resource_of(const FlakyTest& test);

}  // namespace luolab
