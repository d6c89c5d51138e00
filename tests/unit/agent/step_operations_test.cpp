// SPDX-License-Identifier: Apache-2.0
// What scenarios can ask for, the agent can do.
#include <set>

#include <gtest/gtest.h>

#include "agent/operations.h"
#include "scenarios/step_catalog.h"

namespace luolab {
namespace {

TEST(StepOperations, AreAllKnownToTheAgentButThoseThatTheWorkerMakesOfOthers) {
  const std::set<std::string_view> made_by_the_worker{"sessions.preserve",
                                                      "sessions.retrieve",
                                                      "sessions.verify",
                                                      "sessions.finish",
                                                      "verify",
                                                      "kexec"};
  for (const StepOperation& operation : step_operations()) {
    const bool known = find_operation(operation.name) != nullptr;
    EXPECT_EQ(known, !made_by_the_worker.contains(operation.name)) << operation.name;
  }
}

}  // namespace
}  // namespace luolab
