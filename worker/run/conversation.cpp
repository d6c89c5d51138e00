// SPDX-License-Identifier: Apache-2.0
#include "worker/run/conversation.h"

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;

/// Empty where the machine's deadline passed first; it was told so.
Task<std::optional<TargetEvent>> next_event(QemuTarget& target, RunMachine& machine) {
  Task<TargetEvent> next = target.next_event();
  auto event = co_await within(machine.deadline() - Clock::now(), std::move(next));
  if (!event) {
    const bool responds = co_await target.responds();
    machine.on_deadline(Clock::now(), responds);
  }
  co_return event;
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

Task<void> converse(QemuTarget& target, RunMachine& machine, AttemptContext& context) {
  ActivityTeller teller(context);
  while (!machine.finished()) {
    const auto event = co_await next_event(target, machine);
    if (!event) continue;
    if (auto line = machine.on_event(*event); line && !machine.finished()) {
      co_await target.send(std::move(*line));  // a link that is down shows up as `gone`
    }
    teller.look_at(machine);
    if (context.hooks.after_event) co_await context.hooks.after_event(target, machine);
  }
}

Task<bool> converse_until(StartPoint point, QemuTarget& target, RunMachine& machine,
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
