// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/protocol/report.h"
#include "worker/run/agent_request.h"
#include "worker/run/oracle.h"

namespace luolab {

/// What an agent's digest of a memfd shows, against what the worker expects. Pure.
struct ContentFinding {
  std::vector<Checksum> checksums;  ///< whole first, then ranges where there is more than one
  std::string difference;           ///< empty: identical; else where it differs, in words
};

/// `digest`: the result of memfd.digest. A digest that is missing in it counts as a difference.
/// `expected`: of the plan, in the version that is due.
ContentFinding compare_content(std::int32_t hop, const MemfdPlan& memfd, const DigestTree& expected,
                               std::uint64_t range_bytes, const boost::json::object& digest);

/// The pages of the ranges whose checksums differ; all pages where none does, since something else
/// was wrong.
std::vector<PageRange> differing_pages(const std::vector<Checksum>& checksums,
                                       std::uint64_t page_count);

/// How size, position and seals of a retrieved memfd differ from its specification, one entry a
/// property: {"position", "is 0, was 4097"}. Empty: they do not.
std::vector<std::pair<std::string, std::string>> compare_properties(
    const MemfdPlan& memfd, const boost::json::object& stat);

}  // namespace luolab
