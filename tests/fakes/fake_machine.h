// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "worker/run/run_machine.h"
#include "worker/run/run_plan.h"

namespace luolab {

/// What a fake machine does wrong. Everything off: a machine with a perfect kernel and agent.
struct Misdeeds {
  bool flip_after_update = false;  ///< every memfd differs in its first range
  bool swap_pages = false;         ///< digests right, marks of two pages foreign
  bool other_nonce = false;
  bool same_boot_id = false;
  bool other_kernel = false;         ///< the incoming kernel has another build id
  bool no_banner = false;            ///< the incoming kernel prints none
  bool extra_banner = false;         ///< and one kernel more than hops
  bool no_liveupdate = false;        ///< in the outgoing kernel
  bool no_liveupdate_after = false;  ///< in the incoming kernel
  bool wrong_fill = false;           ///< the agent fills something else than the pattern
  bool lost_position = false;
  bool lost_seals = false;
  bool tainted = false;
  bool warns = false;             ///< a WARNING on the console after the update
  bool never_comes_back = false;  ///< nothing after the kexec
  bool panics = false;            ///< the incoming kernel panics, and the machine ends
  bool resets_itself = false;     ///< the incoming kernel ends the machine without a word
  bool killed = false;            ///< QEMU dies in the blackout
  bool cold_reset = false;        ///< a reset from outside in the blackout
  bool restarts_unasked = false;  ///< a second hello in the middle of the checks
  bool slow_clock = false;        ///< guest time runs at half the worker's pace
  bool talks_nonsense = false;    ///< a line that is no JSON
  bool refuses_first_kexec = false;
  bool alters_baggage = false;
  std::size_t no_room_from_hop = SIZE_MAX;     ///< for kexec.load, counted from 0
  bool loses_steps = false;                    ///< a writer's acknowledged steps are in no journal
  bool load_goes_wrong = false;                ///< a load finds something wrong
  std::map<std::string, std::string> refused;  ///< op -> errno
  /// What memfds hold after the update, by title; the others hold what they should.
  std::map<std::string, std::vector<std::byte>> contents;
  std::string refused_call = "ioctl(LIVEUPDATE_SESSION_PRESERVE_FD)";
};

/// A machine as the run machine sees it through events, with a virtual clock. It answers what it is
/// asked from the plan's own expectations, so that each misdeed is the only thing wrong.
class FakeMachine {
 public:
  FakeMachine(const RunPlan& plan, Misdeeds misdeeds) : plan_(plan), misdeeds_(misdeeds) {}

  /// Runs a RunMachine to its verdict. A machine that waits for ever gets its deadline.
  AttemptReport run(bool keeper_answers = true);
  /// The page map of the last run.
  const PageMap& page_map() const { return page_map_; }

  /// Runs `machine` until `seen` is true, which is told each event and the line that it led to.
  /// That line is then not answered. `machine` must have been switched on at an hour past zero.
  void run_until(RunMachine& machine,
                 const std::function<bool(const TargetEvent& event,
                                          const std::optional<std::string>& line)>& seen);

  /// Everything that was sent to the agent, by op.
  const std::multiset<std::string>& asked() const { return asked_; }
  /// Every request, as sent.
  const std::vector<boost::json::object>& requests() const { return requests_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  void boot(std::uint32_t kernel, bool incoming);
  void answer(const boost::json::object& request);
  void answer_kexec();
  static boost::json::array packed_file(std::string_view digest);
  boost::json::object result_of(const boost::json::object& request);
  boost::json::object digest(const std::string& memfd);
  boost::json::object pages(const boost::json::object& request);
  boost::json::object heads(const boost::json::object& request);
  std::vector<std::byte> content(const std::string& memfd) const;
  boost::json::object journals(const boost::json::object& request);
  void acknowledge(const boost::json::object& start);
  boost::json::object stat(const std::string& memfd);
  const MemfdPlan& memfd(const std::string& title) const;
  void console(const std::string& line);
  void agent(boost::json::object message);
  void push(TargetEvent event);
  std::uint64_t tsc() const;
  void pass(std::chrono::milliseconds time) { now_ += time; }

  const RunPlan& plan_;
  Misdeeds misdeeds_;
  Time now_{std::chrono::hours{1}};
  std::deque<TargetEvent> events_;
  std::multiset<std::string> asked_;
  std::vector<boost::json::object> requests_;
  std::uint32_t hop_ = 0;
  std::uint64_t last_user_tsc_ = 0;
  bool updated_ = false;
  bool refused_kexec_ = false;
  PageMap page_map_;
};

/// What a memfd of a plan must hold before anything is written over it.
std::vector<std::byte> content_of(const MemfdPlan& memfd);

/// A plan for one session "s" with two memfds ("s/a": random, three ranges; "s/b": records, with
/// position and seals) and so many hops; kernels and secrets are made up.
RunPlan example_plan(std::size_t hops = 1);

/// The same, with two writers on "s/b" and a CPU load.
RunPlan example_plan_with_load(std::size_t hops = 1, bool quiesce = false);

}  // namespace luolab
