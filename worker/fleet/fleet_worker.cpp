// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/fleet_worker.h"

#include <optional>

#include <fmt/format.h>
#include <gnu/libc-version.h>

#include "core/base/first_line.h"
#include "worker/fleet/install_script.h"
#include "worker/lease/machine_facts.h"

namespace luolab {
namespace {

using std::chrono::seconds;

constexpr seconds kStop{180};   // attempts end, results are delivered
constexpr int kTimedOut = 124;  // timeout(1)
constexpr const char* kTokenToCome = "to be made";
constexpr int kResultsWait = 3;  // stop_script

std::string last_lines(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool runs(const HostFacts& facts) {
  return facts.active == "active" || facts.active == "activating";
}

}  // namespace

FleetWorker::FleetWorker(const FleetMachine& machine, const FleetRequest& request,
                         FleetController* controller, Progress progress)
    : machine_(machine),
      request_(request),
      controller_(controller),
      host_(machine, std::move(progress)) {}

Task<MachineOutcome> FleetWorker::run() {
  std::optional<Error> failure;
  try {
    const auto done = co_await carry_out();
    if (!done) failure = done.error();
  } catch (const std::exception& error) {
    failure = lab_error(error.what());
  }
  const auto asked = co_await asio::this_coro::cancellation_state;
  const bool interrupted = asked.cancelled() != asio::cancellation_type::none;
  // What stands on the machine is undone also after Ctrl-C.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (interrupted && !failure) failure = canceled_error("interrupted");
  if (!failure) co_return std::move(outcome_);
  outcome_.state = interrupted ? MachineState::interrupted : MachineState::failed;
  outcome_.what = interrupted ? "interrupted" : failure->what;
  outcome_.what += co_await undo();
  outcome_.steps.clear();
  co_return std::move(outcome_);
}

Task<Result<void>> FleetWorker::carry_out() {
  auto opened = co_await host_.open();
  if (!opened) co_return opened;
  auto asked = co_await ask();
  if (!asked) co_return asked;
  if (request_.order == FleetOrder::remove) co_return co_await take_away();
  co_return co_await install();
}

Task<Result<void>> FleetWorker::ask() {
  auto facts = co_await host_.facts(request_.payload.libraries);
  if (!facts) co_return facts.error();
  facts_ = std::move(*facts);
  outcome_.worker = facts_.option("--name");
  if (outcome_.worker.empty() || request_.order == FleetOrder::add)
    outcome_.worker = machine_.name.empty() ? facts_.host_name : machine_.name;
  if (!is_worker_name(outcome_.worker)) {
    co_return scenario_error(
        fmt::format("\"{}\" is no name of a worker: 1 to 63 of a-z A-Z 0-9 . _ - (give name)",
                    outcome_.worker));
  }
  co_return Result<void>();
}

void FleetWorker::plan() {
  const bool own_token = facts_.has(machine_.layout.token);
  settings_.controller = request_.controller;
  settings_.name = outcome_.worker;
  settings_.user = request_.order == FleetOrder::add || facts_.unit_user.empty() ? machine_.user
                                                                                 : facts_.unit_user;
  settings_.tags = machine_.tags;
  settings_.slots = machine_.slots;
  settings_.authority = request_.authority;
  if (settings_.token.empty()) settings_.token = request_.token;
  // Made at the controller when everything else is known to be well; until then a word in its
  // place.
  if (settings_.token.empty() && controller_ != nullptr && !own_token &&
      request_.order == FleetOrder::add)
    settings_.token = kTokenToCome;
  settings_.use_token = !settings_.token.empty() || own_token;
  plan_ = make_plan(request_.order, facts_, items_of(machine_.layout, request_.payload, settings_));
  if (request_.order == FleetOrder::add && own_token && settings_.token.empty())
    plan_.steps.insert(plan_.steps.end() - 1, {"token", false});  // the machine's own stays
}

Result<void> FleetWorker::unless(std::vector<std::string> obstacles) const {
  if (obstacles.empty()) return {};
  std::string text;
  for (const std::string& obstacle : obstacles) text += (text.empty() ? "" : "\n") + obstacle;
  return lab_error(text);
}

void FleetWorker::report_steps(std::string_view changed) {
  for (const InstallStep& each : plan_.steps)
    outcome_.steps.emplace_back(each.name, each.change ? changed : "unchanged");
}

Task<Result<void>> FleetWorker::install() {
  plan();
  auto obstacles = install_obstacles(request_.order, machine_.layout, facts_, plan_, machine_.user,
                                     ::gnu_get_libc_version());
  if (auto free = unless(std::move(obstacles)); !free) co_return free;
  if (request_.dry_run) {
    report_steps("would change");
    outcome_.state = plan_.changes() ? MachineState::would_change : MachineState::unchanged;
    co_return Result<void>();
  }
  if (!plan_.changes()) {
    report_steps("changed");
    outcome_.state = MachineState::unchanged;
    if (facts_.active == "activating") {
      outcome_.state = MachineState::waiting;
      outcome_.what = "no controller has welcomed it yet: journalctl -u luolab-worker there";
    }
    co_return Result<void>();
  }
  outcome_.state = MachineState::changed;
  auto got = co_await get_token();
  if (!got) co_return got;
  auto written = co_await write();
  if (!written) co_return written;
  auto placed = co_await put_in_place();
  if (!placed) co_return placed;
  report_steps("changed");
  co_return Result<void>();
}

Task<Result<void>> FleetWorker::get_token() {
  if (settings_.token != kTokenToCome) co_return Result<void>();
  auto issued = co_await controller_->issue_token(outcome_.worker);
  if (!issued) co_return issued.error();
  token_id_ = issued->id;
  settings_.token = issued->secret;
  plan();
  co_return Result<void>();
}

Task<Result<void>> FleetWorker::write() {
  const std::string record = record_text(facts_, plan_, settings_.user, token_id_);
  begun_ = true;
  std::string begin = begin_script(machine_.layout, facts_, plan_, settings_.user, record);
  std::string doing = "making folders";
  auto made = co_await host_.step(std::move(doing), std::move(begin), record);
  if (!made) co_return made;
  for (const InstalledItem& item : plan_.changed) {
    doing = "writing the " + item.step;
    std::string script = stage_script(item);
    auto staged = co_await host_.step(std::move(doing), std::move(script), *item.content.bytes);
    if (!staged) co_return staged;
    if (item.step != "program") continue;
    doing = "trying the program";
    script = trial_script(item);
    auto tried = co_await host_.step(std::move(doing), std::move(script));
    if (!tried) {
      co_return lab_error(tried.error().what +
                          " (install what it lacks there, or give --from a build for that system)");
    }
  }
  co_return Result<void>();
}

Task<Result<void>> FleetWorker::put_in_place() {
  if (plan_.restart && runs(facts_)) {
    auto drained = co_await drain();
    if (!drained) co_return drained;
  }
  std::string doing = "putting it in place", script = commit_script(plan_);
  auto committed = co_await host_.step(std::move(doing), std::move(script));
  if (!committed) co_return committed;
  auto ran = co_await start();
  if (!ran) co_return ran;
  begun_ = false;
  stands_ = true;
  if (drained_) {
    const auto resumed = co_await controller_->resume(outcome_.worker);
    drained_ = false;
    if (!resumed)
      outcome_.what +=
          fmt::format("{}{}; luolab fleet resume {}", outcome_.what.empty() ? "" : "\n",
                      resumed.error().what, outcome_.worker);
  }
  doing = "tidying up";
  script = settle_script(machine_.layout);
  co_return co_await host_.step(std::move(doing), std::move(script));
}

Task<Result<void>> FleetWorker::start() {
  if (!plan_.enable && !plan_.restart) co_return Result<void>();
  host_.tell("starting");
  started_ = true;
  // Not within the lock: undoing it must not have to wait for a controller's welcome.
  std::string script = start_script(machine_.layout, plan_, request_.wait_seconds);
  const auto said =
      co_await host_.run(std::move(script), FleetHost::kScript + seconds(request_.wait_seconds));
  if (!said) co_return said.error();
  if (said->exit_code == 0) co_return Result<void>();
  if (said->exit_code == kTimedOut) {
    outcome_.state = MachineState::waiting;
    outcome_.what = fmt::format(
        "installed and started, but no controller has welcomed it within {} s: journalctl -u "
        "luolab-worker there",
        request_.wait_seconds);
    co_return Result<void>();
  }
  script = complaint_script();
  const auto why = co_await host_.run(std::move(script), FleetHost::kScript);
  std::string text = "the worker does not start: " + last_lines(said->errors);
  if (why && !why->output.empty()) text += "\n" + last_lines(why->output);
  co_return lab_error(text);
}

Task<Result<void>> FleetWorker::drain() {
  if (controller_ == nullptr) co_return Result<void>();
  host_.tell("draining");
  const auto drained = co_await controller_->drain(outcome_.worker);
  if (!drained) co_return drained.error();
  drained_ = *drained;
  co_return co_await controller_->until_idle(outcome_.worker);
}

void FleetWorker::report_removal(std::string_view changed) {
  const WorkerLayout& layout = machine_.layout;
  const bool programs = !facts_.controller;
  const std::pair<const char*, bool> things[] = {
      {"service", facts_.active == "active" || facts_.enabled == "enabled"},
      {"unit", facts_.has(layout.unit)},
      {"options", facts_.has(layout.options)},
      {"token", facts_.has(layout.token)},
      {"authority", facts_.has(layout.authority)},
      {"state", facts_.state_folder},
      {"program", programs && facts_.has(layout.program)},
      {"agent", programs && facts_.has(layout.agent)},
      {"data", programs && facts_.has(layout.data)},
      {"leftovers", !facts_.leftovers.empty()}};
  for (const auto& [name, there] : things)
    if (there) outcome_.steps.emplace_back(name, changed);
}

Task<Result<void>> FleetWorker::take_away() {
  auto obstacles = removal_obstacles(facts_);
  if (auto free = unless(std::move(obstacles)); !free) co_return free;
  report_removal(request_.dry_run ? "would be removed" : "removed");
  if (outcome_.steps.empty() && facts_.record.empty()) {
    outcome_.state = MachineState::unchanged;
    outcome_.what = "no worker is there";
    co_return Result<void>();
  }
  outcome_.state = request_.dry_run ? MachineState::would_change : MachineState::changed;
  if (request_.dry_run) co_return Result<void>();
  if (runs(facts_)) {
    auto drained = co_await drain();
    if (!drained) co_return drained;
  }
  host_.tell("stopping");
  removing_ = true;
  std::string script = stop_script(machine_.layout, request_.discard);
  const auto stopped = co_await host_.run_alone(std::move(script), {}, kStop);
  if (!stopped) co_return stopped.error();
  if (stopped->exit_code == kResultsWait) {
    removing_ = false;
    const std::string count(first_line(stopped->output).substr(8));
    co_return lab_error(fmt::format(
        "results of {} attempts wait there for a controller: nothing was removed; let the worker "
        "deliver them, or give --discard",
        count));
  }
  if (stopped->exit_code != 0)
    co_return lab_error("the worker does not stop: " + std::string(first_line(stopped->errors)));
  drained_ = false;  // it is not there any more
  std::string doing = "removing";
  script = remove_script(machine_.layout, facts_);
  auto removed = co_await host_.step(std::move(doing), std::move(script));
  if (!removed) co_return removed;
  removing_ = false;
  co_return co_await let_go();
}

/// The controller forgets the worker and the token that was made for it.
Task<Result<void>> FleetWorker::let_go() {
  if (controller_ == nullptr) co_return Result<void>();
  for (const std::string& line : facts_.record) {
    if (!line.starts_with("token ")) continue;
    std::string id = line.substr(6);
    auto revoked = co_await controller_->revoke_token(std::move(id));
    if (!revoked) co_return revoked;
  }
  co_return co_await controller_->forget(outcome_.worker);
}

/// What follows for people, to be put behind the reason.
Task<std::string> FleetWorker::undo() {
  host_.close();  // what still ran there ends
  std::string text;
  if (drained_) {
    const auto resumed = co_await controller_->resume(outcome_.worker);
    if (!resumed) text += "\n" + resumed.error().what;
  }
  if (!token_id_.empty() && begun_) {
    std::string id = token_id_;
    const auto revoked = co_await controller_->revoke_token(std::move(id));
    if (!revoked)
      text += fmt::format("\n{} (luolab token revoke {})", revoked.error().what, token_id_);
  }
  if (stands_)
    text += "\nthe worker is in place and was started; `fleet add` tidies up what is beside it";
  if (removing_) text += "\nit may be stopped, and some of it gone: `fleet remove` again ends it";
  if (!begun_) co_return text;
  host_.tell("undoing");
  std::string script = undo_script(machine_.layout, facts_, plan_, settings_.user, started_);
  auto opened = co_await host_.open();
  Result<SshOutput> undone = opened ? Result<SshOutput>(SshOutput{}) : opened.error();
  if (opened) undone = co_await host_.run_alone(std::move(script), {}, FleetHost::kScript);
  if (undone && undone->exit_code == 0) co_return text + "\nwhat was begun is undone";
  co_return text + fmt::format(
                       "\nwhat was begun could not be undone: {}; `luolab fleet remove {}` takes "
                       "it away, `fleet add` finishes it",
                       undone ? std::string(first_line(undone->errors)) : undone.error().what,
                       machine_.address());
}

}  // namespace luolab
