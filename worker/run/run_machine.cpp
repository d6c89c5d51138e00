// SPDX-License-Identifier: Apache-2.0
#include "worker/run/run_machine.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/quantity.h"
#include "core/wire/agent_wire.h"
#include "worker/run/agent_request.h"
#include "worker/run/judge.h"
#include "worker/run/known_issue.h"

namespace luolab {
namespace {

/// How long a kernel that panicked may go on telling why.
constexpr std::chrono::seconds kLastWords{2};
/// How long a machine whose link was lost has to show what it is about: a system whose network is
/// dead says so within ten seconds (agent/ssh_host.cpp).
constexpr std::chrono::seconds kLostPatience{20};
constexpr std::chrono::seconds kLeastWait{1};

std::deque<Step> as_queue(std::vector<Step> steps) {
  return {std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end())};
}

}  // namespace

RunMachine::RunMachine(const RunPlan& plan, Time power_on)
    : plan_(plan), evidence_(plan, power_on), asked_(power_on) {
  enter(Stage::booting, power_on);
}

void RunMachine::enter(Stage stage, Time at) {
  stage_ = stage;
  silence_ends_ = at + plan_.job.timeouts.silence;
  stage_ends_ = stage == Stage::booting    ? at + plan_.job.timeouts.boot
                : stage == Stage::updating ? at + plan_.job.timeouts.hop
                : stage == Stage::dying    ? at + kLastWords
                : stage == Stage::lost     ? at + kLostPatience
                                           : Time::max();
}

bool RunMachine::at(StartPoint point) const {
  switch (point) {
    case StartPoint::power_on:
      return stage_ == Stage::booting;
    case StartPoint::booted:
      return stage_ == Stage::outgoing && last_id_ == 1;
    case StartPoint::prepared:
      return stage_ == Stage::outgoing && last_id_ == first_update_id_;
    case StartPoint::handed_over:
      return stage_ == Stage::incoming && last_id_ == first_retrieve_id_;
  }
  return false;
}

RunMachine::Time RunMachine::deadline() const { return std::min(stage_ends_, silence_ends_); }

std::optional<std::string> RunMachine::on_event(const TargetEvent& event) {
  const Time silence_ended = silence_ends_;
  silence_ends_ = event.at + plan_.job.timeouts.silence;
  switch (event.kind) {
    case TargetEvent::Kind::console_line:
      on_console(event);
      return {};
    case TargetEvent::Kind::reset:
      on_reset(event);
      return {};
    case TargetEvent::Kind::link_lost:
      on_link_lost(event);
      return {};
    case TargetEvent::Kind::agent_ended:
      conclude("agent", Verdict::ERROR, fmt::format("{} while {}", event.text, activity()));
      return {};
    case TargetEvent::Kind::gone:
      on_gone(event);
      return {};
    case TargetEvent::Kind::agent_line:
      break;
  }
  if (stage_ == Stage::dying || stage_ == Stage::lost) return {};
  const auto message = read_agent_line(event.text);
  if (!message) {
    conclude("agent.protocol", Verdict::ERROR, message.error().what);
    return {};
  }
  if (const auto* ack = std::get_if<AgentAck>(&*message)) {
    evidence_.take_ack(*ack);
    silence_ends_ = silence_ended;  // a load that runs does not show that the agent answers
    return {};
  }
  if (const auto* hello = std::get_if<AgentHello>(&*message)) return on_hello(*hello, event.at);
  return on_reply(std::get<AgentReply>(*message), event.at);
}

std::optional<std::string> RunMachine::on_hello(const AgentHello& hello, Time at) {
  if (stage_ == Stage::booting) {
    if (!evidence_.take_outgoing_hello(hello, {asked_, at})) {
      stage_ = Stage::finished;
      return {};
    }
    enter(Stage::outgoing, at);
    steps_ = as_queue(prepare_steps(plan_));
    first_update_id_ = last_id_ + steps_.size() + 1;
    for (Step& step : update_steps(plan_, 0)) steps_.push_back(std::move(step));
    return next_request(at);
  }
  if (stage_ != Stage::updating) {
    conclude("continuity.hello", Verdict::MISS,
             "a kernel started where none was expected: the machine was restarted");
    return {};
  }
  if (!steps_.empty() && steps_.front().kind == Step::Kind::scenario) {
    conclude("step", Verdict::FAIL,
             fmt::format("{}: the kexec went through; {} is promised", steps_.front().subject,
                         fmt::join(steps_.front().spec->errors, " or ")));
    return {};
  }
  if (!evidence_.take_incoming_hello(hop_, hello, console_.banners(), at)) {
    stage_ = Stage::finished;
    return {};
  }
  enter(Stage::incoming, at);
  steps_ = as_queue(verify_steps(plan_, hop_));
  return next_request(at);
}

std::optional<std::string> RunMachine::on_reply(const AgentReply& reply, Time at) {
  if (steps_.empty() || reply.id != last_id_) {
    conclude("agent.protocol", Verdict::ERROR,
             fmt::format("the agent answered request {}, which was not asked", reply.id));
    return {};
  }
  const Seen seen{asked_, at};
  if (reply.going) {
    if (steps_.front().kind == Step::Kind::kexec) evidence_.take_going(reply, seen);
    enter(Stage::updating, at);
    return {};
  }
  if (stage_ == Stage::updating) enter(Stage::outgoing, at);  // the kernel refused to go
  if (!evidence_.take_reply(hop_, steps_.front(), reply, seen)) {
    stage_ = Stage::finished;
    return {};
  }
  if (hop_ == 0 && steps_.front().kind == Step::Kind::unpack) first_retrieve_id_ = last_id_ + 1;
  steps_.pop_front();
  for (Step& question : evidence_.take_questions()) steps_.push_front(std::move(question));
  if (!steps_.empty()) return next_request(at);
  end_hop();
  if (stage_ == Stage::finished) return {};
  enter(Stage::outgoing, at);
  steps_ = as_queue(update_steps(plan_, hop_));
  return next_request(at);
}

void RunMachine::end_hop() {
  evidence_.close_hop(hop_);
  if (hop_ + 1 == plan_.job.hops.size()) {
    completed_ = true;
    stage_ = Stage::finished;
    return;
  }
  ++hop_;
}

std::optional<std::string> RunMachine::next_request(Time at) {
  asked_ = at;
  return agent_request::line(++last_id_, steps_.front().request);
}

bool RunMachine::power_cut_due() const {
  return stage_ == Stage::updating &&
         std::ranges::any_of(plan_.job.faults, [&](const FaultSpec& fault) {
           return fault.kind == FaultKind::power_cut && fault.hop == hop_ + 1;
         });
}

void RunMachine::on_console(const TargetEvent& event) {
  console_.add_line(event.text, event.console_offset);
  if (console_.fatal()) {
    if (stage_ != Stage::dying) enter(Stage::dying, event.at);
  } else if (event.text.find(wire::kSshUnheardMark) != std::string::npos) {
    conclude(
        "network", Verdict::MISS,
        fmt::format("the network is dead while {}: the console says that the kernel lives, but "
                    "that nothing comes in",
                    activity()));
  }
}

void RunMachine::on_reset(const TargetEvent& event) {
  const auto fatal = console_.fatal();
  const bool own_doing = fatal || event.by == TargetEvent::By::guest;
  const std::string what =
      fatal ? fmt::format("the kernel died ({}): {}", fatal->kind, headline(*fatal))
            : fmt::format("the machine was reset ({})", event.text);
  conclude("machine", own_doing ? Verdict::FAIL : Verdict::MISS, what + last_words());
}

void RunMachine::on_link_lost(const TargetEvent& event) {
  if (stage_ == Stage::dying) return;
  lost_ = fmt::format("{} while {}", event.text, activity());
  enter(Stage::lost, event.at);
}

void RunMachine::on_gone(const TargetEvent& event) {
  if (power_cut_due()) {
    conclude("power", Verdict::MISS,
             "the lab cut the power in the blackout, as the scenario asks: what was preserved is "
             "lost, and nothing is known about the kernel");
    return;
  }
  if (const auto fatal = console_.fatal()) {
    conclude("machine", Verdict::FAIL,
             fmt::format("the kernel died ({}): {}", fatal->kind, headline(*fatal)));
  } else if (event.by == TargetEvent::By::guest) {
    conclude("machine", Verdict::FAIL,
             fmt::format("the machine ended itself ({}) while {}", event.text, activity()) +
                 last_words());
  } else {
    conclude("machine", Verdict::MISS,
             fmt::format("the machine went away while {}: {}", activity(), event.text));
  }
}

bool RunMachine::allow_for(std::chrono::nanoseconds waited) {
  const auto more = waited - allowed_;
  if (more < kLeastWait) return false;
  allowed_ = waited;
  if (stage_ends_ != Time::max()) stage_ends_ += more;  // a stage without an end stays without one
  silence_ends_ += more;
  return true;
}

void RunMachine::on_deadline(Time now, bool machine_answers, std::string_view keeper) {
  if (const auto fatal = console_.fatal()) {
    conclude("machine", Verdict::FAIL,
             fmt::format("the kernel died ({}): {}", fatal->kind, headline(*fatal)));
    return;
  }
  const bool silent = now >= silence_ends_;
  const auto& timeouts = plan_.job.timeouts;
  const auto limit = silent                     ? timeouts.silence
                     : stage_ == Stage::booting ? timeouts.boot
                                                : timeouts.hop;
  std::string what =
      stage_ == Stage::lost
          ? fmt::format("{}; nothing for {} after it", lost_, format_duration(kLostPatience))
          : fmt::format("{} for {} while {}", silent ? "silence" : "no agent",
                        format_duration(limit), activity());
  if (allowed_.count() > 0)
    what += fmt::format(" (not counting {} in which the machine waited for a processor)",
                        format_duration(allowed_));
  if (!machine_answers) {
    conclude("machine", Verdict::MISS, fmt::format("{}; {} does not answer either", what, keeper));
  } else if (!plan_.console_tells) {
    conclude("machine", Verdict::MISS,
             what +
                 ": without a console that tells more, a dead network looks the same (give "
                 "console, and root: ours)");
  } else if (!console_.heard()) {
    conclude("boot", Verdict::MISS,
             what + ": not one line on the console, so nothing is known about the kernel");
  } else {
    conclude("hang", Verdict::FAIL, what + last_words());
  }
}

void RunMachine::conclude(std::string check, Verdict verdict, std::string detail) {
  evidence_.add_check(hop(), std::move(check), {}, verdict, std::move(detail));
  stage_ = Stage::finished;
}

std::string RunMachine::last_words() const {
  const std::string tail = console_.tail();
  if (tail.empty()) return "; the console is empty";
  return "; the console ended with:\n" + tail;
}

std::string RunMachine::activity() const {
  const std::string hop = fmt::format("hop {} of {}: ", hop_ + 1, plan_.job.hops.size());
  switch (stage_) {
    case Stage::booting:
      return "booting the outgoing kernel";
    case Stage::updating:
      return hop + "waiting for the incoming kernel";
    case Stage::lost:
      return hop + "the link is lost";
    case Stage::dying:
      return hop + "the kernel is dying";
    case Stage::outgoing:
    case Stage::incoming:
      return hop + (steps_.empty() ? "waiting" : describe(steps_.front()));
    case Stage::finished:
      return "finished";
  }
  return {};
}

AttemptReport RunMachine::report() {
  evidence_.take_console(console_.findings());
  AttemptReport report = evidence_.report();
  std::vector<std::string> releases;
  for (const KernelIdentity& kernel : plan_.kernels) releases.push_back(kernel.release);
  apply_known_issues(report.checks, plan_.job.known_issues, releases, completed_);
  Judgement judgement =
      judge(report.checks, static_cast<std::uint32_t>(plan_.job.hops.size()), completed_);
  report.verdict = judgement.verdict;
  report.reason = std::move(judgement.reason);
  return report;
}

}  // namespace luolab
