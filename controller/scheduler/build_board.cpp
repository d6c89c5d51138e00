// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/build_board.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace luolab {

namespace {
constexpr std::size_t kShortKey = 12;
}

KeyIndex BuildBoard::index(const std::string& key) {
  const auto [known, made] = indices_.try_emplace(key, static_cast<KeyIndex>(keys_.size()));
  if (made) {
    keys_.emplace_back();
    keys_.back().text = key;
  }
  return known->second;
}

std::string BuildBoard::title(KeyIndex key) const {
  const Entry& entry = keys_[key];
  return entry.title.empty() ? entry.text.substr(0, kShortKey) : entry.title;
}

bool BuildBoard::has(WorkerIndex worker, KeyIndex key) const {
  return worker < sides_.size() && sides_[worker].held.contains(key);
}

bool BuildBoard::set_ready(KeyIndex key) {
  Entry& entry = keys_[key];
  if (entry.ready) return false;
  entry.ready = true;
  if (entry.maker) side(entry.maker->worker).makes.erase(key);
  entry.maker.reset();
  return true;
}

bool BuildBoard::start(KeyIndex key, Maker maker) {
  keys_[key].maker = maker;
  side(maker.worker).makes.insert(key);
  return true;
}

bool BuildBoard::give_up(KeyIndex key, WorkerIndex worker, std::optional<JobId> job) {
  Entry& entry = keys_[key];
  if (!entry.maker || entry.maker->worker != worker || (job && entry.maker->job != *job))
    return false;
  side(worker).makes.erase(key);
  entry.maker.reset();
  return true;
}

std::vector<KeyIndex> BuildBoard::give_up_all(WorkerIndex worker) {
  Side& its = side(worker);
  std::vector<KeyIndex> keys(its.makes.begin(), its.makes.end());
  for (const KeyIndex key : keys) keys_[key].maker.reset();
  its.makes.clear();
  return keys;
}

bool BuildBoard::add_holder(KeyIndex key, WorkerIndex worker) {
  side(worker).held.insert(key);
  return keys_[key].holders.insert(worker).second && keys_[key].holders.size() == 1;
}

bool BuildBoard::drop_holder(KeyIndex key, WorkerIndex worker) {
  side(worker).held.erase(key);
  return keys_[key].holders.erase(worker) > 0 && keys_[key].holders.empty();
}

std::vector<KeyIndex> BuildBoard::set_held(WorkerIndex worker,
                                           const std::vector<std::string>& keys) {
  boost::container::flat_set<KeyIndex> now;
  for (const std::string& key : keys) now.insert(index(key));
  const boost::container::flat_set<KeyIndex> before = side(worker).held;
  std::vector<KeyIndex> changed;
  std::ranges::set_symmetric_difference(before, now, std::back_inserter(changed));
  for (const KeyIndex key : changed) {
    if (now.contains(key)) {
      add_holder(key, worker);
    } else {
      drop_holder(key, worker);
    }
  }
  return changed;
}

BuildBoard::Side& BuildBoard::side(WorkerIndex worker) {
  if (worker >= sides_.size()) sides_.resize(worker + std::size_t{1});
  return sides_[worker];
}

}  // namespace luolab
