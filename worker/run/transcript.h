// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "worker/run/run_machine.h"
#include "worker/target/target.h"

namespace luolab {

/// Everything that a machine did until it was saved, and what it was told: what another attempt
/// must have in common with it to go on from there. A plain value.
class Transcript {
 public:
  using Time = RunMachine::Time;

  explicit Transcript(Time power_on = {}) : power_on_(power_on) {}

  /// An event, and the line that was sent because of it.
  void add(TargetEvent event, std::optional<std::string> sent);
  /// The event that the machine was saved after: the line due was not sent.
  void add_last(TargetEvent event);
  /// The line due was sent after all: the machine goes on to a later point.
  void set_due(std::string sent);
  /// Forgets the line that began at this byte of the console: it was only its beginning.
  void drop_console_line(std::uint64_t offset_bytes);

  /// The same, as if the last request were due now.
  Transcript shifted_to(Time now) const;
  Time power_on() const { return power_on_; }

  /// Tells `machine`, which must be fresh and have this power_on(), what happened. True where it
  /// would have sent exactly what was sent: then the point is common, and `due` is what it wants to
  /// send next. False: it belongs to another conversation and is not fit for use any more.
  bool replay(RunMachine& machine, std::optional<std::string>& due) const;

 private:
  struct Entry {
    TargetEvent event;
    std::optional<std::string> sent;
  };
  Time power_on_;
  std::vector<Entry> entries_;
  std::size_t last_ = 0;  ///< index + 1 of the event that add_last was given; 0: none yet
};

}  // namespace luolab
