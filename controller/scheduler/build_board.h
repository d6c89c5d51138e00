// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/container/flat_set.hpp>

#include "controller/scheduler/fit.h"
#include "db/record.h"

namespace luolab {

/// A build key as a small number, for the board's lifetime.
using KeyIndex = std::uint32_t;

/// Which builds there are, who has them, and who makes one now. Keys are remembered for ever, since
/// artifacts are, too: some 200 bytes each. Calls with an effect return whether `waits` may have
/// changed for the key.
class BuildBoard {
 public:
  /// Who builds a key, and for which job.
  struct Maker {
    WorkerIndex worker = 0;
    JobId job;
  };

  KeyIndex index(const std::string& key);
  const std::string& key(KeyIndex key) const { return keys_[key].text; }
  /// For people: the title, if one was given, else the key's first digits.
  std::string title(KeyIndex key) const;
  void set_title(KeyIndex key, std::string title) { keys_[key].title = std::move(title); }

  bool ready(KeyIndex key) const { return keys_[key].ready; }
  const std::optional<Maker>& maker(KeyIndex key) const { return keys_[key].maker; }
  bool has(WorkerIndex worker, KeyIndex key) const;
  /// By index.
  const boost::container::flat_set<WorkerIndex>& holders(KeyIndex key) const {
    return keys_[key].holders;
  }
  /// Only workers that have it may take jobs that need it: it is being built, and not there yet.
  bool only_holders(KeyIndex key) const { return keys_[key].maker && !keys_[key].ready; }
  /// Nobody may take jobs that need it: it is being built, and no worker has it.
  bool waits(KeyIndex key) const { return only_holders(key) && keys_[key].holders.empty(); }

  bool set_ready(KeyIndex key);
  bool start(KeyIndex key, Maker maker);
  /// The worker, for this job if one is given, gives the build up.
  bool give_up(KeyIndex key, WorkerIndex worker, std::optional<JobId> job = {});
  /// All that the worker builds; returns the keys.
  std::vector<KeyIndex> give_up_all(WorkerIndex worker);
  bool add_holder(KeyIndex key, WorkerIndex worker);
  bool drop_holder(KeyIndex key, WorkerIndex worker);
  /// It has these and no others; returns the keys for which that changed.
  std::vector<KeyIndex> set_held(WorkerIndex worker, const std::vector<std::string>& keys);

 private:
  struct Entry {
    std::string text;
    std::string title;
    bool ready = false;
    std::optional<Maker> maker;
    boost::container::flat_set<WorkerIndex> holders;
  };
  /// By worker.
  struct Side {
    boost::container::flat_set<KeyIndex> held;
    boost::container::flat_set<KeyIndex> makes;
  };
  Side& side(WorkerIndex worker);

  std::vector<Entry> keys_;
  std::vector<Side> sides_;
  std::unordered_map<std::string, KeyIndex> indices_;
};

}  // namespace luolab
