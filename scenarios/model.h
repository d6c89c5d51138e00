// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "core/protocol/rollout_spec.h"
#include "scenarios/yaml_node.h"

namespace luolab {

/// A name from the catalog and the place where it was written.
struct PlacedName {
  std::string name;
  std::string path;  ///< "kernels.outgoing.series[0]"
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Which flags change a kernel.
enum class KernelRole {
  candidate,  ///< all: --base, --series, --fragment
  baseline,   ///< all but --series: what the candidate is compared with, or updated from
  fixed,      ///< none
};

/// A kernel, by names of the catalog.
struct KernelRef {
  KernelRole role = KernelRole::candidate;
  PlacedName base;
  std::vector<PlacedName> series;
  std::vector<PlacedName> fragments;
  std::vector<std::string> cmdline;  ///< of this hop's incoming kernel alone
};

/// What a scenario says at one point of its matrix.
struct ScenarioBody {
  std::string summary;
  KernelRef outgoing;
  std::vector<KernelRef> hops;  ///< each hop's incoming kernel; at least one
  TargetSpec target;
  std::vector<SessionSpec> sessions;
  std::vector<LoadSpec> load;
  bool quiesce = false;
  CheckSpec checks;
  Timeouts timeouts;
  std::uint64_t range_bytes = 0;
  std::vector<std::uint32_t> promises;
  std::string broken;
  std::string source;
  std::vector<StepSpec> before;
  std::vector<StepSpec> after;
  std::vector<KnownIssue> known_issues;
  std::vector<FaultSpec> faults;
  Fork fork = Fork::auto_;
  FitSpec fit;
  std::vector<std::string> latency;
};

/// Matrix parameter -> value, as written.
using MatrixPoint = std::map<std::string, std::string>;

struct MatrixParameter {
  std::string name;
  std::vector<std::string> values;  ///< as written; at least one
};

/// One YAML document, found to be without fault at every point of its matrix: one idea of a
/// live-update test. A plain value; copies share the document.
struct Scenario {
  std::string file;
  std::string name;
  std::string summary;                  ///< as written, parameters not filled in
  std::vector<MatrixParameter> matrix;  ///< in the order written; empty: one point
  std::uint32_t repeat = 1;
  std::optional<RolloutSpec> rollout;  ///< every point runs on each of its targets
  std::shared_ptr<const YamlNode> document;
};

/// The most jobs that the scenarios of one file, or one scenario with flags, may come to.
inline constexpr std::size_t kMostJobs = 10'000;
/// The most memfds of one job.
inline constexpr std::size_t kMostMemfds = 10'000;
inline constexpr std::uint64_t kMostThreads = 32;  ///< of a load, and of a call made at once
/// Memory of a target that its kernels need for themselves: image, initramfs and KHO scratch of the
/// incoming one, and room to work in.
inline constexpr std::uint64_t kKernelMemoryBytes = std::uint64_t{384} << 20;

}  // namespace luolab
