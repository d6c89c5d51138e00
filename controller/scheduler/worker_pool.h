// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "controller/scheduler/fit.h"
#include "controller/scheduler/scheduler.h"

namespace luolab {

/// One worker, with what its jobs take of it.
struct PooledWorker {
  std::string name;
  WorkerHello hello;  ///< without builds and attempts; tags sorted
  WorkerState state = WorkerState::ready;
  bool connected = false;
  bool reserved = false;  ///< for the rest of this pass nobody gets it
  std::uint32_t running = 0;
  std::uint32_t demand = 0;
  std::uint64_t used_bytes = 0;
  std::size_t kind = 0;  ///< its class

  std::uint32_t free_slots() const;
  std::uint64_t free_bytes() const;
  /// Takes jobs that name no worker.
  bool open() const { return connected && state == WorkerState::ready && hello.slots > 0; }
};

/// A worker in a list, the one with the most memory first.
struct ByMemory {
  std::uint64_t bytes = 0;
  WorkerIndex worker = 0;
  bool operator<(const ByMemory& other) const {
    return bytes != other.bytes ? bytes > other.bytes : worker < other.worker;
  }
};

/// Workers that nothing tells apart but name, memory, slots, targets and builds.
struct WorkerClass {
  std::string arch;
  std::uint32_t cpus = 1;
  bool kvm = false;
  std::vector<std::string> tags;  ///< of those that jobs ask for, sorted
  std::set<ByMemory> open;        ///< by all their memory
  std::set<ByMemory> room;        ///< open ones, by free memory
  std::set<ByMemory> free;        ///< open ones with a free slot, by free memory
};

/// The classes that a Fit allows, those with the fewest special properties first.
struct FittingClasses {
  std::vector<std::size_t> ranked;
  std::vector<bool> fits;  ///< by class
};

/// Who is connected, and what is free. All calls are at most logarithmic in the number of workers,
/// but for `want_tags` with a tag that no job had asked for before.
class WorkerPool {
 public:
  /// The worker of that name; unknown ones are made, and are not connected.
  WorkerIndex index(const std::string& name);
  std::optional<WorkerIndex> find(const std::string& name) const;
  const PooledWorker& at(WorkerIndex worker) const { return workers_[worker]; }
  std::size_t table_size() const { return workers_.size(); }

  /// Its demand and what runs on it stay.
  void connect(WorkerIndex worker, const WorkerOffer& offer);
  /// It asks for nothing any more. Forgotten when nothing runs on it.
  void disconnect(WorkerIndex worker);
  void set_demand(WorkerIndex worker, std::uint32_t jobs);
  /// A job begins; `demanded`: one of those it asked for.
  void take(WorkerIndex worker, std::uint64_t bytes, bool demanded);
  /// A job ended; `demanded`: it asks for one again in its place.
  void give_back(WorkerIndex worker, std::uint64_t bytes, bool demanded);

  /// Takes it out of all lists of free workers, until release_reserved().
  void reserve(WorkerIndex worker);
  void release_reserved();

  /// Tags that tell workers apart from now on.
  void want_tags(const std::vector<std::string>& tags);
  const std::vector<WorkerClass>& classes() const { return classes_; }
  /// Brings a list of classes up to date; classes are only ever added.
  void update(FittingClasses& fitting, const Fit& fit) const;

  /// Workers that reach a machine, by index.
  const std::set<WorkerIndex>& reaching(const std::string& target) const;
  /// Architecture, cpus, kvm, tags, memory and target are as the job wants them, all else aside.
  bool suits(WorkerIndex worker, const Fit& fit) const;
  /// Workers with a free slot, open or not; in no order.
  const std::unordered_set<WorkerIndex>& free_workers() const { return free_; }

 private:
  using ClassKey = std::tuple<std::string, std::uint32_t, bool, std::vector<std::string>>;

  std::size_t class_of(const WorkerHello& hello);
  void list(WorkerIndex worker);
  void unlist(WorkerIndex worker);
  void update_free(WorkerIndex worker);
  void forget(WorkerIndex worker);

  /// What the lists hold of a worker.
  struct Listed {
    std::optional<ByMemory> open;
    std::optional<ByMemory> room;
    std::optional<ByMemory> free;
    bool has_slot = false;
  };
  std::vector<PooledWorker> workers_;
  std::vector<Listed> listed_;
  std::vector<WorkerIndex> unused_;
  std::vector<WorkerIndex> reserved_;
  std::unordered_map<std::string, WorkerIndex> names_;
  std::map<ClassKey, std::size_t> class_keys_;
  std::vector<WorkerClass> classes_;
  std::set<std::string> wanted_tags_;
  std::map<std::string, std::set<WorkerIndex>> reaching_;
  std::unordered_set<WorkerIndex> free_;
};

}  // namespace luolab
