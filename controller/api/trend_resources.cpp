// SPDX-License-Identifier: Apache-2.0
#include "controller/api/trend_resources.h"

#include "controller/api/resources.h"

namespace luolab {

TrendResource resource_of(const TrendPoint& point) {
  TrendResource resource{.attempt = attempt_text(point.attempt),
                         .job = id_text(point.job),
                         .title = point.title,
                         .scenario = point.scenario,
                         .worker = point.worker,
                         .accel = point.accel,
                         .started = time_text(point.started),
                         .verdict = point.verdict,
                         .outgoing = point.outgoing,
                         .incoming = point.incoming,
                         .outgoing_release = point.outgoing_release,
                         .incoming_release = point.incoming_release,
                         .incoming_build = point.incoming_build,
                         .hops = point.hops,
                         .bytes_per_update = point.bytes_per_update};
  if (point.duration) resource.duration_ns = point.duration->count();
  return resource;
}

TrendChoicesResource resource_of(const TrendChoices& choices) {
  return {choices.scenarios, choices.workers, choices.sizes};
}

VersionPairResource resource_of(const VersionPair& pair) {
  VersionPairResource resource{.outgoing_release = pair.outgoing_release,
                               .incoming_release = pair.incoming_release,
                               .passed = pair.passed,
                               .failed = pair.failed,
                               .unjudged = pair.unjudged,
                               .newest = attempt_text(pair.newest),
                               .measured = pair.measured};
  if (pair.median) resource.median_ns = pair.median->count();
  return resource;
}

FlakyTestResource resource_of(const FlakyTest& test) {
  return {test.test,   test.outgoing, test.incoming,
          test.passed, test.failed,   id_text(test.last_failure),
          test.worker};
}

}  // namespace luolab
