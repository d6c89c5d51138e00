// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "core/protocol/kernel_spec.h"
#include "scenarios/scenario_document.h"

namespace luolab {

/// What somebody wants to know about a series, self-contained.
struct GateOrder {
  std::string base;            ///< of baseline and candidate; empty: as the suite's scenarios say
  std::vector<Series> series;  ///< what may go in, or not
  std::vector<std::string> fragments;       ///< of both kernels
  std::string suite;                        ///< its name: "quick"
  std::vector<ScenarioDocument> documents;  ///< its scenarios
  std::chrono::nanoseconds budget{};        ///< 0: the whole suite
  double matters = 0.05;                    ///< the smallest shift of a phase that matters
  double alpha = 0.05;      ///< the rate of false alarms on latency, of a whole gate
  bool latency = true;      ///< phases are compared
  std::string base_commit;  ///< as the series asks for it; empty: it does not
  std::string title;        ///< empty: the series' name
  std::string origin;       ///< message id or URL of the series
  std::string command;      ///< asks for the same gate again
  int priority = 50;        ///< 0 to 100
};
BOOST_DESCRIBE_STRUCT(GateOrder, (),
                      (base, series, fragments, suite, documents, budget, matters, alpha, latency,
                       base_commit, title, origin, command, priority))

}  // namespace luolab
