// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/load_step.h"
#include "worker/run/load_oracle.h"

namespace luolab::testing {

/// A machine of memory alone: writers whose stores come one by one, in the order in which the
/// agent's own code makes them, and a kernel that may be left between any two.
class CrashModel {
 public:
  CrashModel(const LoadShape& shape, std::uint64_t seed);

  /// Makes one store of one writer.
  void store(std::uint32_t writer);
  /// Lets random writers, of those that there are, make this many stores.
  void run(std::uint64_t stores);
  /// The machine is left here: what was not stored never will be; writers go on behind what their
  /// journals have as done.
  void hop();

  /// What every writer's journal has as done, which is what the agent acknowledges.
  std::vector<std::uint64_t> done() const;
  std::vector<std::byte>& memory() { return memory_; }
  std::vector<std::byte>& journals() { return journals_; }
  std::span<std::byte, kPageBytes> page(std::uint64_t index);
  /// A page that the journals do not name; of those that were written, if any were.
  std::uint64_t settled_page();
  const LoadShape& shape() const { return shape_; }
  const PatternKey& key() const { return key_; }
  Layout layout() const { return {memory_.size(), 0, 0, {}}; }
  LoadOracle oracle() const { return {shape_, key_, layout()}; }
  std::mt19937_64& random() { return random_; }

 private:
  using Store = std::pair<LoadWord*, LoadWord>;
  LoadJournalPage* journal(std::uint32_t writer);

  LoadShape shape_;
  PatternKey key_;
  std::mt19937_64 random_;
  std::vector<std::byte> memory_;
  std::vector<std::byte> journals_;
  std::vector<std::vector<Store>> pending_;  // by writer, last first
};

/// What the checker says of the state that the machine was left in, by the agent's and the worker's
/// own code and through their messages: empty: as it must be.
std::string verdict_of(LoadOracle& oracle, CrashModel& machine);

}  // namespace luolab::testing
