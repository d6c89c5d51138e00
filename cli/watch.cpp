// SPDX-License-Identifier: Apache-2.0
#include "cli/watch.h"

#include <unistd.h>

#include <iostream>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "controller/results/safe_text.h"
#include "controller/results/terminal_style.h"
#include "core/http/target.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

using boost::json::object;

/// What is known of a run while it goes on, in the terminal.
class WatchDisplay {
 public:
  explicit WatchDisplay(std::uint64_t jobs)
      : jobs_(jobs),
        terminal_(::isatty(STDERR_FILENO) == 1),
        style_(terminal_style(STDERR_FILENO)) {}
  ~WatchDisplay() { erase(); }

  void start(std::uint64_t ended) { ended_ = ended; }

  /// True: the run has ended.
  bool take(const object& event) {
    const std::string kind = text_at(event, "kind");
    const std::string job = text_at(event, "job");
    const object details = object_at(event, "details");
    if (kind == "job.started") {
      running_[job] = text_at(details, "worker");
      if (!terminal_) say(fmt::format("{} runs on {}", job, text_at(details, "worker")));
    } else if (kind == "job.queued" || kind == "job.requeued") {
      running_.erase(job);
      say(fmt::format("{} waits again: {}", job, one_line(text_at(details, "reason"))));
    } else if (kind == "job.done" || kind == "job.canceled" || kind == "job.lost" ||
               kind == "job.expired") {
      running_.erase(job);
      ++ended_;
      say(ended_line(job, details));
    } else if (kind.starts_with("rollout.")) {
      say(rollout_line(kind, details));
    }
    draw();
    return kind == "run.done";
  }

  void say(const std::string& line) {
    erase();
    std::cerr << line << std::endl;
  }

 private:
  static std::string rollout_line(const std::string& kind, const object& details) {
    const std::string rollout = "rollout of " + one_line(text_at(details, "scenario"));
    if (kind == "rollout.wave")
      return fmt::format("{}: wave {} comes out", rollout, number_at(details, "wave"));
    const std::string reason = one_line(text_at(details, "reason"));
    if (!reason.empty()) return rollout + ": " + reason;
    return rollout + " is " + kind.substr(kind.find('.') + 1);
  }

  std::string ended_line(const std::string& job, const object& details) const {
    const Verdict verdict = parse_verdict(text_at(details, "verdict")).value_or(Verdict::MISS);
    return fmt::format("[{}/{}] {} {}  {}", ended_, jobs_,
                       paint(fmt::format("{:5}", verdict_name(verdict)), verdict, style_), job,
                       one_line(text_at(details, "reason")));
  }

  void erase() {
    if (drawn_) std::cerr << "\x1b[1A\x1b[2K";
    drawn_ = false;
  }

  void draw() {
    if (!terminal_) return;
    erase();
    std::string line = fmt::format("{} of {} ended, {} running", ended_, jobs_, running_.size());
    for (const auto& [job, worker] : running_) line += fmt::format("  {} on {}", job, worker);
    const auto width = static_cast<std::size_t>(std::max(20, style_.width - 1));
    std::cerr << line.substr(0, width) << '\n' << std::flush;
    drawn_ = true;
  }

  std::uint64_t jobs_;
  std::uint64_t ended_ = 0;
  bool terminal_;
  TerminalStyle style_;
  std::map<std::string, std::string> running_;
  bool drawn_ = false;
};

int complain(const Error& error) {
  std::cerr << error.what << '\n';
  return error.fault == Fault::scenario ? kExitUsage : kExitLab;
}

std::uint64_t ended_jobs(const object& run) {
  return number_at(run, "jobs") - number_at(run, "queued") - number_at(run, "running");
}

/// The codes of `luolab run` (docs/cli.md).
int exit_code_of(const object& run) {
  const object verdicts = object_at(run, "verdicts");
  if (number_at(verdicts, "FAIL") > 0) return kExitFail;
  if (number_at(verdicts, "ERROR") + number_at(verdicts, "MISS") > 0) return kExitLab;
  return number_at(verdicts, "SKIP") == number_at(run, "jobs") ? kExitSkip : kExitPass;
}

std::string summary_of(const object& run) {
  std::string text;
  for (const auto& verdict : object_at(run, "verdicts"))
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number_of(verdict.value()),
                        std::string_view(verdict.key()));
  return text.empty() ? "nothing was run" : text;
}

/// How each rollout of the run stands, wave by wave and over all.
std::string rollouts_of(const object& answer) {
  std::string text;
  for (const object& rollout : objects_at(answer, "rollouts")) {
    text += fmt::format("rollout of {}: {}\n", one_line(text_at(rollout, "scenario")),
                        one_line(text_at(rollout, "standing")));
    std::size_t wave = 0;
    for (const object& figures : objects_at(rollout, "waves")) {
      const bool canary = ++wave == 1 && flag_at(rollout, "canary");
      text += fmt::format("  wave {}{}: {}\n", wave, canary ? " (canary)" : "",
                          one_line(text_at(figures, "summary")));
    }
    text += fmt::format("  fleet: {}\n", one_line(text_at(object_at(rollout, "fleet"), "summary")));
  }
  return text;
}

/// The answer of /api/v1/runs/RUN.
Task<Result<object>> ask_run(ServiceClient& client, const std::string& run) {
  ServiceRequest request = get_request("/api/v1/runs/" + percent_encoded(run));
  auto answer = co_await client.ask(std::move(request));
  if (!answer) co_return answer.error();
  co_return answer->get_object();
}

Task<int> follow_run(ServiceClient& client, const std::string& run) {
  // The number first: what happens after it is in the events, what came before in the run.
  ServiceRequest request = get_request("/api/v1/status");
  const auto status = co_await client.ask(std::move(request));
  if (!status) co_return complain(status.error());
  const auto after = static_cast<std::int64_t>(number_at(status->get_object(), "newest_event"));
  auto answer = co_await ask_run(client, run);
  if (!answer) co_return complain(answer.error());
  if (const object now = object_at(*answer, "run"); text_at(now, "state") != "done") {
    WatchDisplay display(number_at(now, "jobs"));
    display.start(ended_jobs(now));
    std::function<bool(const object&)> on_event = [&display](const object& event) {
      return !display.take(event);
    };
    std::string target = "/api/v1/events?run=" + percent_encoded(run);
    std::function<void(const Error&)> on_away = [&display](const Error& error) {
      display.say(one_line(error.what) + "; waiting for it");
    };
    const auto followed =
        co_await client.events(std::move(target), after, std::move(on_event), std::move(on_away));
    if (!followed) co_return complain(followed.error());
    answer = co_await ask_run(client, run);
    if (!answer) co_return complain(answer.error());
  }
  const object ended = object_at(*answer, "run");
  std::cerr << rollouts_of(*answer)
            << fmt::format("{}; results: {}\n", summary_of(ended),
                           client.url("/api/v1/runs/" + percent_encoded(run) + "/results"));
  co_return exit_code_of(ended);
}

}  // namespace

Task<int> watch_run(ServiceClient& client, std::string run) {
  try {
    co_return co_await follow_run(client, run);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted)
      std::cerr << fmt::format("Run {} goes on: luolab watch {}, or luolab cancel {}\n", run, run,
                               run);
    throw;
  }
}

void add_watch_command(CLI::App& root, CommandContext& context) {
  struct Flags {
    ServiceFlags service;
    std::string run;
  };
  const auto flags = std::make_shared<Flags>();
  CLI::App* command = root.add_subcommand("watch", "Follows a controller's run to its end");
  command->add_option("RUN", flags->run, "As luolab submit printed it")->required();
  add_service_flags(*command, flags->service);
  command->callback([flags, &context] {
    asio::io_context io;
    const auto watch = [&]() -> Task<int> {
      auto client = ServiceClient::make(io.get_executor(), flags->service);
      if (!client) co_return complain(client.error());
      co_return co_await watch_run(*client, flags->run);
    };
    context.exit_code = run_until_interrupted(io, watch()).value_or(kExitInterrupted);
  });
}

}  // namespace luolab
