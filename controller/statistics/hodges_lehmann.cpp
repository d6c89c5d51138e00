// SPDX-License-Identifier: Apache-2.0
#include "controller/statistics/hodges_lehmann.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace luolab {

HodgesLehmann::HodgesLehmann(std::span<const double> figures) {
  for (std::size_t i = 0; i < figures.size(); ++i)
    for (std::size_t j = i; j < figures.size(); ++j)
      means_.push_back((figures[i] + figures[j]) / 2);
  std::sort(means_.begin(), means_.end());
  const auto n = static_cast<double>(figures.size());
  deviation_ = std::sqrt(n * (n + 1) * (2 * n + 1) / 6);
}

double HodgesLehmann::estimate() const {
  const std::size_t half = means_.size() / 2;
  return means_.size() % 2 == 1 ? means_[half] : (means_[half - 1] + means_[half]) / 2;
}

std::optional<HodgesLehmann::Interval> HodgesLehmann::interval(double critical) const {
  // The signed-rank sum for a middle m is (means above m) - (means below m).
  const auto all = static_cast<double>(means_.size());
  const double above = std::ceil((all + critical * deviation_) / 2);
  if (!(above <= all) || above < 1) return std::nullopt;
  const auto count = static_cast<std::size_t>(above);
  return Interval{means_[means_.size() - count], means_[count - 1]};
}

std::vector<double> signed_ranks(std::span<const double> figures) {
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto size = [&](std::size_t i) { return std::abs(figures[i]); };
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return size(a) < size(b); });

  std::vector<double> ranks(figures.size());
  for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
    while (to < order.size() && size(order[to]) == size(order[from])) ++to;
    const double rank = static_cast<double>(from + 1 + to) / 2;
    for (std::size_t i = from; i < to; ++i)
      ranks[order[i]] = figures[order[i]] == 0 ? 0 : std::copysign(rank, figures[order[i]]);
  }
  return ranks;
}

}  // namespace luolab
