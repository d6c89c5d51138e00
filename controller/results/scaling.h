// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace luolab {

struct FitPoint {
  double x = 0;
  double y = 0;
};

/// y = start + slope * x, with the half widths of 95 % confidence intervals.
struct StraightLine {
  double slope = 0;
  double slope_half_width = 0;
  double start = 0;
  double start_half_width = 0;
  double r_squared = 0;  ///< share of the variance that the line explains; 1 where there is none
};

/// Ordinary least squares; the intervals are Student's t with n - 2 degrees of freedom. Empty for
/// fewer than three points, or where all x are equal. Pure.
std::optional<StraightLine> fit_line(std::span<const FitPoint> points);

}  // namespace luolab
