// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace luolab {

/// Where the middle of a symmetric distribution is: the median of the means of all pairs (each
/// figure is a pair with itself too). A few wild figures hardly move it.
class HodgesLehmann {
 public:
  /// At least one figure.
  explicit HodgesLehmann(std::span<const double> figures);

  double estimate() const;

  struct Interval {
    double low;
    double high;
  };
  /// Every middle that the signed-rank test does not reject where it rejects from |z| = `critical`
  /// on. Nothing: with so few figures it rejects no middle at all, so there are no ends.
  std::optional<Interval> interval(double critical) const;

 private:
  std::vector<double> means_;  ///< sorted
  double deviation_;           ///< of the signed-rank sum when the middle is 0
};

/// Ranks of the absolute figures, from 1; equal ones share their mean rank; 0 has rank 0.
std::vector<double> signed_ranks(std::span<const double> figures);

}  // namespace luolab
