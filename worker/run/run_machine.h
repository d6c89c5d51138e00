// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/run/evidence.h"
#include "worker/run/run_plan.h"
#include "worker/run/script.h"
#include "worker/target/console_watch.h"
#include "worker/target/target.h"

namespace luolab {

/// Drives one attempt from power-on to verdict, without any input or output of its own: events of
/// the target go in, lines for the agent come out. Deterministic; whoever owns the target feeds it.
class RunMachine {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `power_on`: when the target was switched on. The plan must outlive the machine.
  RunMachine(const RunPlan& plan, Time power_on);

  /// The line to send now, if any. Must not be called once `finished`.
  std::optional<std::string> on_event(const TargetEvent& event);

  /// When nothing has happened until then, `on_deadline` is due.
  Time deadline() const;
  /// `machine_answers`: whether the machine's keeper (QEMU's monitor) still does. A keeper that
  /// hangs is the lab's fault; a kernel that hangs under a keeper that answers is the kernel's.
  /// `keeper`: for messages.
  void on_deadline(Time now, bool machine_answers, std::string_view keeper = "QEMU");
  /// Puts the deadline off by what the machine has waited for a processor of this worker since it
  /// was last said (`waited` is the sum since power-on): a busy worker is no fault of the kernel's.
  /// False: that is too little to wait any longer.
  bool allow_for(std::chrono::nanoseconds waited);

  /// Whether the next event may take a while: memory's content is computed for it.
  bool computes() const { return !plan_.loads.empty() || evidence_.is_surveying(); }
  /// Whether the machine is now to be switched off, as the job asks: the lab's own trouble.
  bool power_cut_due() const;

  bool finished() const { return stage_ == Stage::finished; }
  /// Whether the line that `on_event` has just returned is the first one after this point.
  bool at(StartPoint point) const;
  /// What is going on, for people: "hop 1 of 2: verifying vm-0/ram".
  std::string activity() const;

  /// What became of the memory page by page, as far as it was verified.
  PageMap page_map() const { return evidence_.page_map(); }
  /// Verdict and all evidence. Builds, artifacts, worker and wall time are the caller's to add.
  AttemptReport report();

 private:
  enum class Stage { booting, outgoing, updating, incoming, lost, dying, finished };

  std::optional<std::string> on_hello(const AgentHello& hello, Time at);
  std::optional<std::string> on_reply(const AgentReply& reply, Time at);
  std::optional<std::string> next_request(Time at);
  void on_console(const TargetEvent& event);
  void on_reset(const TargetEvent& event);
  void on_link_lost(const TargetEvent& event);
  void on_gone(const TargetEvent& event);
  void end_hop();
  void enter(Stage stage, Time at);
  void conclude(std::string check, Verdict verdict, std::string detail);
  std::int32_t hop() const {
    return stage_ == Stage::booting ? -1 : static_cast<std::int32_t>(hop_);
  }
  std::string last_words() const;

  const RunPlan& plan_;
  Evidence evidence_;
  ConsoleWatch console_;
  Stage stage_ = Stage::booting;
  std::uint32_t hop_ = 0;
  std::deque<Step> steps_;  ///< front: the one in flight
  std::uint64_t last_id_ = 0;
  std::uint64_t first_update_id_ = 0;    ///< of the first request after the preparation
  std::uint64_t first_retrieve_id_ = 0;  ///< of the first one after the first hop's notes
  Time asked_;
  Time stage_ends_;  ///< deadline of the stage
  Time silence_ends_;
  std::string lost_;                    ///< Stage::lost: what went on, and how the link ended
  std::chrono::nanoseconds allowed_{};  ///< by which deadlines were put off
  bool completed_ = false;
};

}  // namespace luolab
