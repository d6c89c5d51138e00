// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/protocol/page_map.h"
#include "core/protocol/report.h"
#include "worker/run/agent_message.h"
#include "worker/run/load_follower.h"
#include "worker/run/page_survey.h"
#include "worker/run/script.h"
#include "worker/run/step_check.h"
#include "worker/run/time_line.h"

namespace luolab {

struct ContentFinding;

/// When the worker asked, and when the answer came.
struct Seen {
  TimeLine::WorkerTime asked;
  TimeLine::WorkerTime answered;
};

/// Turns what the agent says into checks, checksums, phases and measurements. Pure: it asks
/// nothing and decides nothing; `judge` does.
class Evidence {
 public:
  Evidence(const RunPlan& plan, TimeLine::WorkerTime zero);

  /// The first kernel's hello. False where the machine can't be used (a check says why).
  bool take_outgoing_hello(const AgentHello& hello, Seen seen);
  /// A hop's incoming kernel; `banners` were seen on the console so far.
  bool take_incoming_hello(std::uint32_t hop, const AgentHello& hello, std::uint32_t banners,
                           TimeLine::WorkerTime answered);
  /// "I'm going": the last word of a hop's outgoing kernel.
  void take_going(const AgentReply& reply, Seen seen);
  /// The answer to a step. False where the job can't go on after it.
  bool take_reply(std::uint32_t hop, const Step& step, const AgentReply& reply, Seen seen);
  /// How far a load is.
  void take_ack(const AgentAck& ack) { loads_.take_ack(ack); }
  /// What to ask next because of the last reply, before the steps that are left.
  std::vector<Step> take_questions() { return std::exchange(questions_, {}); }
  /// After the last step of a hop: totals, limits, clocks.
  void close_hop(std::uint32_t hop);

  void add_check(std::int32_t hop, std::string name, std::string subject, Verdict verdict,
                 std::string detail);
  /// Console findings, as the scenario wants them judged.
  void take_console(const std::vector<ConsoleFinding>& findings);

  const std::vector<Check>& checks() const { return checks_; }
  const TimeLine& time_line() const { return time_line_; }
  /// Whether the next answer takes longer to think about than others: pages are computed.
  bool is_surveying() const { return survey_.has_value(); }
  /// What became of every page that was verified.
  PageMap page_map() const;
  /// Everything collected; the verdict is left at its default.
  AttemptReport report() const;

 private:
  /// A difference that is being looked into.
  struct Survey {
    PageSurvey pages;
    Step step;  ///< the verification that it belongs to
    std::int32_t hop = 0;
    std::size_t check = 0;  ///< index of its check
  };

  void take_failure(std::int32_t hop, const Step& step, const AgentFailure& failure);
  bool take_record(const Step& step, const AgentReply& reply);
  /// Whether the incoming kernel of a hop was that of an earlier one too.
  bool was_loaded_before(std::size_t hop) const;
  bool take_notes(std::uint32_t hop, const AgentReply& reply);
  void take_stat(std::int32_t hop, const MemfdPlan& memfd, const boost::json::object& stat);
  void take_digest(std::int32_t hop, const Step& step, const boost::json::object& digest);
  void take_scenario_step(std::int32_t hop, const StepSpec& spec, const AgentReply& reply);
  bool take_journals(std::int32_t hop, const MemfdPlan& memfd, const boost::json::object& result);
  void ask_records(const MemfdPlan& memfd, const std::vector<Checksum>& checksums);
  void take_records(const MemfdPlan& memfd, const boost::json::object& result);
  void begin_survey(std::int32_t hop, const Step& step, const ContentFinding& found);
  void take_survey(const AgentReply& reply);
  void ask_survey();
  static void add_pages(PageMap& map, std::int32_t hop, const MemfdPlan& memfd, PageStates states);
  static void add_pages(PageMap& map, const Survey& survey);
  void add_unchecked(PageMap& map) const;
  void end_survey();
  PageRecord record_of(const Step& step) const;
  void add_blackout(std::uint32_t hop, std::uint64_t last_user_tsc, std::uint64_t reboot_call_tsc);
  bool compare_clocks(std::uint32_t hop);
  void measure(std::int32_t hop, std::string name, double value, std::string unit,
               std::string detail);

  const RunPlan& plan_;
  TimeLine time_line_;
  std::vector<Check> checks_;
  SavedResults saved_;
  boost::json::object packed_;  ///< the baggage as it left the last outgoing kernel
  std::vector<Checksum> checksums_;
  std::vector<Measurement> measurements_;
  std::vector<ConsoleFinding> findings_;
  LoadFollower loads_;
  PageOwners owners_;
  PageMap page_map_;
  SurveyBudget survey_budget_;
  std::optional<Survey> survey_;  ///< the one that goes on
  std::vector<Step> questions_;
  std::vector<HopReport> hops_;
  std::uint64_t bytes_verified_ = 0;
  std::string last_boot_id_;
  std::optional<AgentHello> incoming_;
  TimeLine::WorkerTime incoming_seen_;
  GuestInstant going_;
  Seen going_seen_;
};

}  // namespace luolab
