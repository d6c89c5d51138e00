// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "controller/gate/gate_runner.h"
#include "core/protocol/job.h"

namespace luolab {

/// What a prefix of the series turned out to be.
enum class PrefixState {
  good,
  bad,
  untestable,  ///< it does not apply or build, or fails in another way
};
BOOST_DESCRIBE_ENUM(PrefixState, good, bad, untestable)

/// One prefix that was looked at.
struct PrefixResult {
  std::uint32_t patches = 0;  ///< so many from the beginning of the series
  PrefixState state = PrefixState::good;
  std::string reason;             ///< one line
  std::vector<std::string> jobs;  ///< "j34"
};
BOOST_DESCRIBE_STRUCT(PrefixResult, (), (patches, state, reason, jobs))

enum class BisectOutcome {
  found,       ///< `first_bad` is the one
  range,       ///< one of `first_bad` to `last_bad`: what lies between can't be tested
  not_there,   ///< the whole series is good
  before,      ///< the base is bad as well
  untestable,  ///< the whole series, or the base, does not build or fails in another way
  lab_trouble,
};
BOOST_DESCRIBE_ENUM(BisectOutcome, found, range, not_there, before, untestable, lab_trouble)

/// Schema "luolab.bisect/v1".
struct BisectReport {
  std::string schema = "luolab.bisect/v1";
  BisectOutcome outcome = BisectOutcome::lab_trouble;
  std::string reason;           ///< a sentence
  std::uint32_t first_bad = 0;  ///< counted from 1
  std::uint32_t last_bad = 0;
  std::string patch;         ///< name of the first
  std::string signature;     ///< what fails
  std::uint32_t builds = 0;  ///< kernels of the series that had to be there, the base's not counted
  std::vector<PrefixResult> prefixes;  ///< in the order in which they were looked at
};
BOOST_DESCRIBE_STRUCT(BisectReport, (),
                      (schema, outcome, reason, first_bad, last_bad, patch, signature, builds,
                       prefixes))

/// Finds the first patch of a series with which a scenario fails, in the same way as with all of
/// them. Pure: it is told what prefixes are and says which to look at next. Prefix 0 is the base;
/// what is not testable is passed by.
class PrefixSearch {
 public:
  explicit PrefixSearch(std::size_t patches);
  /// The prefix to look at; empty: it is over. First the whole series, then the base.
  std::optional<std::size_t> next() const;
  void tell(std::size_t prefix, PrefixState state);
  /// The last that is known good, and the first that is known bad.
  std::size_t good() const;
  std::size_t bad() const;
  bool known(std::size_t prefix, PrefixState state) const;

 private:
  std::size_t patches_;
  std::map<std::size_t, PrefixState> states_;
};

/// The jobs of the scenario with the first so many patches of the series.
using JobsOfPrefix = std::function<std::vector<Job>(std::size_t patches)>;

/// Decides about one prefix in another way than by a scenario's verdict: by how long a phase takes.
/// Gives the state and a line that says why.
struct PrefixJudgement {
  PrefixState state = PrefixState::good;
  std::string reason;
  bool lab_trouble = false;
};
using PrefixJudge = std::function<Task<PrefixJudgement>(std::size_t patches)>;

/// Runs the search on a runner. A failure that does not come each time makes every pass be repeated
/// until a bad prefix would have passed so often in less than one case of a hundred. Everything is
/// borrowed. Throws what the runner throws.
class Bisection {
 public:
  Bisection(std::vector<std::string> patch_names, JobsOfPrefix jobs, GateRunner& runner);
  /// By the judge instead of by verdicts.
  Bisection(std::vector<std::string> patch_names, PrefixJudge judge, std::string signature,
            GateRunner& runner);
  Task<BisectReport> run();

 private:
  Task<PrefixJudgement> look_at(std::size_t prefix);
  Task<PrefixJudgement> look_at_whole();
  Task<PrefixJudgement> try_prefix(std::size_t prefix, std::size_t tries);
  void conclude(const PrefixSearch& search);

  std::vector<std::string> names_;
  JobsOfPrefix jobs_;
  PrefixJudge judge_;
  GateRunner& runner_;
  BisectReport report_;
  std::size_t tries_ = 1;  ///< passes that make a prefix good
  std::size_t steps_ = 0;
  std::vector<std::string> last_jobs_;
};

}  // namespace luolab
