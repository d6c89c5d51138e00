// SPDX-License-Identifier: Apache-2.0
#include "worker/run/conversation.h"

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;

/// Empty where the machine's deadline passed first; it was told so, or given more time.
Task<std::optional<TargetEvent>> next_event(Target& target, RunMachine& machine) {
  Task<TargetEvent> next = target.next_event();
  auto event = co_await within(machine.deadline() - Clock::now(), std::move(next));
  if (!event && !machine.allow_for(target.waited_for_cpu())) {
    const bool responds = co_await target.responds();
    machine.on_deadline(Clock::now(), responds, target.keeper());
  }
  co_return event;
}

/// The machine's answer to an event. What memory under load must hold is computed when its digest
/// is there, which takes a while: on a thread that may.
Task<std::optional<std::string>> answer_of(RunMachine& machine, const TargetEvent& event,
                                           AttemptContext& context) {
  std::optional<std::string> line;
  if (machine.computes()) {
    auto take = [&] { return machine.on_event(event); };
    line = co_await run_on(context.blocking.get_executor(), take);
  } else {
    line = machine.on_event(event);
  }
  co_return line;
}

/// Says what goes on whenever that changes.
class ActivityTeller {
 public:
  explicit ActivityTeller(AttemptContext& context) : context_(context) {}
  void look_at(const RunMachine& machine) {
    std::string activity = machine.activity();
    if (activity == last_) return;
    context_.on_activity(activity);
    last_ = std::move(activity);
  }

 private:
  AttemptContext& context_;
  std::string last_;
};

}  // namespace

Task<void> converse(Target& target, RunMachine& machine, AttemptContext& context) {
  ActivityTeller teller(context);
  bool power_is_cut = false;
  while (!machine.finished()) {
    const auto event = co_await next_event(target, machine);
    if (!event) continue;
    std::optional<std::string> line = co_await answer_of(machine, *event, context);
    if (line && !machine.finished()) {
      co_await target.send(std::move(*line));  // a link that is down shows up as `gone`
    }
    teller.look_at(machine);
    if (machine.power_cut_due() && !power_is_cut) {
      power_is_cut = true;
      co_await target.cut_power();  // what came of it shows up as an event
    }
    if (context.hooks.after_event) co_await context.hooks.after_event(target, machine);
  }
}

Task<bool> converse_until(StartPoint point, Target& target, RunMachine& machine,
                          AttemptContext& context, Transcript& transcript) {
  ActivityTeller teller(context);
  while (!machine.finished()) {
    auto event = co_await next_event(target, machine);
    if (!event) continue;
    auto line = machine.on_event(*event);
    if (line && machine.at(point)) {
      transcript.add_last(std::move(*event));
      co_return true;
    }
    transcript.add(std::move(*event), line);
    if (line && !machine.finished()) co_await target.send(std::move(*line));
    teller.look_at(machine);
  }
  co_return false;
}

}  // namespace luolab
