// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/async/signal.h"
#include "worker/run/fork_groups.h"

namespace luolab {

struct MachineTemplate;
using TemplateRef = std::shared_ptr<const MachineTemplate>;

/// How much a pool may hold, in machines and in their memory.
struct TemplateLimits {
  std::size_t most = 4;
  std::uint64_t most_bytes = std::uint64_t{4} << 30;
};

/// The saved machines of one run. Each is made by the first job that can use it, while others that
/// want it wait, unless it has so many users that they can do without: then whoever would wait goes
/// on from what is there, or from power-on, so that no slot is idle. It goes when its last job has
/// it, or, the one unused for longest, when another needs the room. One thread.
class TemplatePool {
 public:
  /// Makes the machine that is wished for, from `base` where there is one, else from power-on.
  /// Nothing where that did not work: the jobs then start where they can and find out themselves.
  using Make = std::function<Task<TemplateRef>(const TemplateWish& wish, TemplateRef base)>;

  TemplatePool(asio::any_io_executor executor, std::span<const Job> jobs,
               TemplateLimits limits = {});

  /// The machine saved closest to where the job differs from all others; nothing: power-on. To be
  /// asked once a job. What `make` throws is thrown, and whoever waits tries by himself.
  Task<TemplateRef> get(const Job& job, const Make& make);

  std::size_t size() const;

 private:
  enum class State { absent, in_the_making, ready, failed };
  struct Slot {
    explicit Slot(const asio::any_io_executor& executor) : changed(executor) {}
    State state = State::absent;
    TemplateRef saved;
    std::uint64_t memory_bytes = 0;
    std::uint64_t last_use = 0;
    std::size_t uses = 0;
    Signal changed;  ///< of `state`
  };
  Slot& slot_of(const TemplateWish& wish);
  Task<TemplateRef> obtain(const TemplateWish& wish, TemplateRef base, const Make& make);
  bool make_room(std::uint64_t memory_bytes);
  void count_use(const TemplateWish& wish);

  asio::any_io_executor executor_;
  ForkGroups groups_;
  TemplateLimits limits_;
  std::map<std::string, Slot> slots_;
  std::uint64_t clock_ = 0;
};

}  // namespace luolab
