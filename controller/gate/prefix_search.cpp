// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/gate/bisection.h"

namespace luolab {

PrefixSearch::PrefixSearch(std::size_t patches) : patches_(patches) {}

bool PrefixSearch::known(std::size_t prefix, PrefixState state) const {
  const auto found = states_.find(prefix);
  return found != states_.end() && found->second == state;
}

std::size_t PrefixSearch::bad() const {
  const auto first = std::ranges::find(states_, PrefixState::bad,
                                       &std::pair<const std::size_t, PrefixState>::second);
  return first == states_.end() ? patches_ : first->first;
}

std::size_t PrefixSearch::good() const {
  std::size_t last = 0;
  for (const auto& [prefix, state] : states_) {
    if (prefix < bad() && state == PrefixState::good) last = prefix;
  }
  return last;
}

std::optional<std::size_t> PrefixSearch::next() const {
  if (!states_.contains(patches_)) return patches_;
  if (!known(patches_, PrefixState::bad)) return {};
  if (!states_.contains(0)) return 0;
  if (!known(0, PrefixState::good)) return {};
  const std::size_t low = good();
  const std::size_t high = bad();
  const std::size_t middle = low + (high - low) / 2;
  // The nearest to the middle that is not known to be untestable.
  for (std::size_t away = 0; away <= high - low; ++away) {
    for (const std::size_t prefix : {middle + away, middle - std::min(away, middle)}) {
      if (prefix > low && prefix < high && !states_.contains(prefix)) return prefix;
    }
  }
  return {};
}

void PrefixSearch::tell(std::size_t prefix, PrefixState state) { states_[prefix] = state; }

}  // namespace luolab
