// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <boost/json/object.hpp>

#include "worker/run/load_plan.h"

namespace luolab {

/// Requests about loads (docs/agent-protocol.md). Pure.
namespace load_request {

/// `memfd`: the one under load, or nullptr. A writer is told the seed of its contents, once it may
/// know it: before the kexec that it runs into, never between a kexec and the verification.
boost::json::object start(const LoadPlan& load, const MemfdPlan* memfd, bool resume,
                          bool drop_store);
boost::json::object stop(const LoadPlan& load);
boost::json::object journal(const LoadPlan& load, const MemfdPlan& memfd);
boost::json::object records(const MemfdPlan& memfd, std::uint64_t first_page, std::uint64_t count);

}  // namespace load_request
}  // namespace luolab
