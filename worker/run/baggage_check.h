// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace luolab {

/// A file of the baggage that did not come back as it was packed.
struct BaggageDifference {
  std::string subject;  ///< "luolab/kernel-1"
  std::string detail;
};

/// Compares the results of `baggage.pack` and `baggage.unpack`. The kernels of later hops ride
/// along in preserved memory: what the lab would stumble over later is the outgoing or the incoming
/// kernel's fault. Pure; files that only one of the two names are passed over, as where a job
/// starts from a machine that was packed before.
std::vector<BaggageDifference> compare_baggage(const boost::json::object& packed,
                                               const boost::json::object& unpacked);

}  // namespace luolab
