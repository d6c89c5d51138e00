// SPDX-License-Identifier: Apache-2.0
#include "controller/results/scaling.h"

#include <cmath>
#include <vector>

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/linear_regression.hpp>

namespace luolab {
namespace {

constexpr double kConfidence = 0.95;

struct Sums {
  double mean_x = 0;
  double squares_x = 0;  ///< of the distances from the mean
  double squares_y = 0;
  double squares_left = 0;  ///< of the distances from the line
};

Sums sums_of(std::span<const FitPoint> points, double start, double slope) {
  Sums sums;
  double mean_y = 0;
  const auto count = static_cast<double>(points.size());
  for (const FitPoint& point : points) {
    sums.mean_x += point.x / count;
    mean_y += point.y / count;
  }
  for (const FitPoint& point : points) {
    sums.squares_x += std::pow(point.x - sums.mean_x, 2);
    sums.squares_y += std::pow(point.y - mean_y, 2);
    sums.squares_left += std::pow(point.y - start - slope * point.x, 2);
  }
  return sums;
}

bool all_equal(std::span<const FitPoint> points) {
  for (const FitPoint& point : points) {
    if (point.x != points.front().x) return false;
  }
  return true;
}

}  // namespace

std::optional<StraightLine> fit_line(std::span<const FitPoint> points) {
  if (points.size() < 3 || all_equal(points)) return {};
  std::vector<double> xs, ys;
  for (const FitPoint& point : points) {
    xs.push_back(point.x);
    ys.push_back(point.y);
  }
  const auto [start, slope] = boost::math::statistics::simple_ordinary_least_squares(xs, ys);
  const Sums sums = sums_of(points, start, slope);
  const auto count = static_cast<double>(points.size());
  const double variance = sums.squares_left / (count - 2);
  const boost::math::students_t distribution(count - 2);
  const double quantile =
      boost::math::quantile(boost::math::complement(distribution, (1 - kConfidence) / 2));
  StraightLine line;
  line.slope = slope;
  line.slope_half_width = quantile * std::sqrt(variance / sums.squares_x);
  line.start = start;
  line.start_half_width =
      quantile * std::sqrt(variance * (1 / count + sums.mean_x * sums.mean_x / sums.squares_x));
  line.r_squared = sums.squares_y == 0 ? 1 : 1 - sums.squares_left / sums.squares_y;
  return line;
}

}  // namespace luolab
