// SPDX-License-Identifier: Apache-2.0
#include "worker/run/evidence.h"

#include <algorithm>
#include <cmath>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "core/protocol/json_fields.h"
#include "core/wire/agent_wire.h"
#include "worker/run/baggage_check.h"
#include "worker/run/content_check.h"
#include "worker/run/echo_log.h"
#include "worker/target/console_watch.h"

namespace luolab {
namespace {

using Kind = Step::Kind;
namespace json = boost::json;

/// Calls whose failure speaks against the kernel, as the agent names them, and baggage that came
/// back as something else. Out of memory, and a kernel that does not fit the KHO scratch area, come
/// from a machine that was chosen too small.
bool blames_kernel(const AgentFailure& failure) {
  if (failure.error == "ENOMEM" || failure.error == "EADDRNOTAVAIL") return false;
  if (failure.call == "baggage" && failure.error == "EBADMSG") return true;
  for (const char* call :
       {"ioctl(LIVEUPDATE_", "open(/dev/liveupdate)", "kexec_file_load", "reboot("}) {
    if (failure.call.starts_with(call)) return true;
  }
  return false;
}

constexpr double kClockTolerance = 0.1;                // share of the longer one
constexpr std::chrono::milliseconds kClockSlack{100};  // the worker's own latency

}  // namespace

Evidence::Evidence(const RunPlan& plan, TimeLine::WorkerTime zero)
    : plan_(plan), time_line_(zero), loads_(plan), owners_(plan.memfds) {}

void Evidence::add_check(std::int32_t hop, std::string name, std::string subject, Verdict verdict,
                         std::string detail) {
  checks_.push_back({hop, std::move(name), std::move(subject), verdict, std::move(detail)});
}

void Evidence::measure(std::int32_t hop, std::string name, double value, std::string unit,
                       std::string detail) {
  measurements_.push_back({hop, std::move(name), value, std::move(unit), std::move(detail)});
}

bool Evidence::take_outgoing_hello(const AgentHello& hello, Seen seen) {
  const bool known = plan_.tsc_hz != 0;
  time_line_.set_frequency(known ? plan_.tsc_hz : hello.tsc_hz);
  time_line_.add_seen("boot", -1, seen.asked, seen.answered);
  measure(-1, "tsc.frequency", static_cast<double>(time_line_.frequency()), "Hz",
          known ? fmt::format("the worker's TSC, which the guest reads; the guest says {} Hz ({})",
                              hello.tsc_hz, hello.tsc_source)
                : hello.tsc_source);
  last_boot_id_ = hello.boot_id;
  const KernelIdentity& kernel = plan_.kernels[plan_.job.outgoing];
  if (hello.protocol != wire::kAgentProtocol) {
    add_check(-1, "agent.protocol", {}, Verdict::ERROR,
              fmt::format("the agent speaks version {}, luolab {}: rebuild both", hello.protocol,
                          wire::kAgentProtocol));
    return false;
  }
  if (hello.tsc_hz == 0) {
    add_check(-1, "clock.frequency", {}, Verdict::MISS,
              "the agent could not tell the TSC's frequency");
    return false;
  }
  if (!kernel.build_id.empty() && hello.kernel_build_id != kernel.build_id) {
    add_check(-1, "boot.build-id", {}, Verdict::MISS,
              fmt::format("the machine booted build id {}, the outgoing kernel has {}",
                          hello.kernel_build_id, kernel.build_id));
    return false;
  }
  if (!hello.liveupdate) {
    add_check(-1, "boot.liveupdate", {}, Verdict::SKIP,
              "the outgoing kernel has no /dev/liveupdate (needs CONFIG_LIVEUPDATE, kho=on and "
              "liveupdate=on)");
    return false;
  }
  return true;
}

void Evidence::take_going(const AgentReply& reply, Seen seen) {
  going_ = reply.at;
  going_seen_ = seen;
}

bool Evidence::take_incoming_hello(std::uint32_t hop, const AgentHello& hello,
                                   std::uint32_t banners, TimeLine::WorkerTime answered) {
  const auto at = static_cast<std::int32_t>(hop);
  const std::uint32_t incoming = plan_.job.hops[hop];
  const std::uint32_t outgoing = hop == 0 ? plan_.job.outgoing : plan_.job.hops[hop - 1];
  const KernelIdentity& kernel = plan_.kernels[incoming];
  hops_.push_back({hop, plan_.kernels[outgoing].build, kernel.build, last_boot_id_, hello.boot_id,
                   hello.release, hello.kernel_build_id});
  const bool new_boot = hello.boot_id != last_boot_id_ && !hello.boot_id.empty();
  add_check(
      at, "continuity.boot-id", {}, new_boot ? Verdict::PASS : Verdict::MISS,
      new_boot ? hello.boot_id : "the boot id did not change: the old kernel is still running");
  const bool right_kernel = !kernel.build_id.empty() ? hello.kernel_build_id == kernel.build_id
                                                     : hello.release == kernel.release;
  add_check(at, "continuity.build-id", {}, right_kernel ? Verdict::PASS : Verdict::MISS,
            right_kernel
                ? hello.kernel_build_id
                : fmt::format("{} ({}) is running, {} ({}) was loaded", hello.kernel_build_id,
                              hello.release, kernel.build_id, kernel.release));
  const bool right_banners = banners == hop + 2;
  add_check(
      at, "continuity.banners", {}, right_banners ? Verdict::PASS : Verdict::MISS,
      fmt::format(
          "{} kernel{} started on this console{}", banners, banners == 1 ? "" : "s",
          right_banners ? "" : fmt::format(", expected {}: the machine was restarted", hop + 2)));
  if (!hello.liveupdate) {
    add_check(at, "incoming.liveupdate", {}, Verdict::FAIL,
              "the incoming kernel has no /dev/liveupdate");
  }
  last_boot_id_ = hello.boot_id;
  incoming_ = hello;
  incoming_seen_ = answered;
  return new_boot && right_kernel && right_banners && hello.liveupdate;
}

bool Evidence::take_reply(std::uint32_t hop, const Step& step, const AgentReply& reply, Seen seen) {
  const auto at = static_cast<std::int32_t>(hop);
  if (step.kind == Kind::scenario) {
    take_scenario_step(at, *step.spec, reply);
    return true;
  }
  if (step.kind == Kind::survey) {
    take_survey(reply);
    return true;
  }
  if (reply.failure) {
    take_failure(at, step, *reply.failure);
    return false;
  }
  if (const std::string phase = phase_of(step.kind); !phase.empty()) {
    const bool before = step.kind == Kind::fill || step.kind == Kind::record;
    time_line_.add_stamped(phase, before ? -1 : at, step.subject, reply.start_tsc, reply.end_tsc,
                           seen.asked, seen.answered);
  }
  switch (step.kind) {
    case Kind::fill:
    case Kind::record:
      return take_record(step, reply);
    case Kind::pack:
      packed_ = reply.result;
      break;
    case Kind::unpack:
      for (const BaggageDifference& each : compare_baggage(packed_, reply.result))
        add_check(at, "content", each.subject, Verdict::FAIL, each.detail);
      return take_notes(hop, reply);
    case Kind::retrieve:
      take_stat(at, *step.memfd, reply.result);
      break;
    case Kind::verify:
      take_digest(at, step, reply.result);
      break;
    case Kind::read_journal:
      return take_journals(at, *step.memfd, reply.result);
    case Kind::explain:
      take_records(*step.memfd, reply.result);
      break;
    case Kind::stop_load:
      loads_.take_stopped(step.subject, reply.result);
      break;
    case Kind::inspect: {
      const std::uint64_t tainted = number_at(reply.result, "tainted");
      if (plan_.job.checks.untainted) {
        add_check(at, "untainted", {}, tainted == 0 ? Verdict::PASS : Verdict::FAIL,
                  fmt::format("/proc/sys/kernel/tainted is {}", tainted));
      }
      break;
    }
    default:
      break;
  }
  return true;
}

void Evidence::take_failure(std::int32_t hop, const Step& step, const AgentFailure& failure) {
  std::string detail = fmt::format("{}: {}", failure.call, failure.error);
  if (!failure.detail.empty()) detail += " (" + failure.detail + ")";
  if (!failure.promise.empty()) detail += "; promise " + failure.promise;
  const bool shrunk = step.kind == Kind::load && failure.error == "EADDRNOTAVAIL" &&
                      was_loaded_before(static_cast<std::size_t>(hop));
  if (shrunk)
    detail += "; it fitted at an earlier hop: the KHO scratch area was not handed on whole";
  const bool kernels_fault = shrunk || blames_kernel(failure);
  add_check(hop, "call", describe(step), kernels_fault ? Verdict::FAIL : Verdict::ERROR, detail);
}

bool Evidence::was_loaded_before(std::size_t hop) const {
  const auto& hops = plan_.job.hops;
  const auto end = hops.begin() + static_cast<std::ptrdiff_t>(hop);
  return std::find(hops.begin(), end, hops[hop]) != end;
}

bool Evidence::take_record(const Step& step, const AgentReply& reply) {
  if (step.kind == Kind::fill) {
    const std::uint64_t huge_bytes = number_at(reply.result, "huge_kib") << 10;
    const std::uint64_t wanted = step.memfd->spec.size_bytes >> 21 << 21;
    if (step.memfd->spec.thp == Thp::always && huge_bytes < wanted) {
      add_check(-1, "thp", step.subject, Verdict::ERROR,
                fmt::format("{} of {} are huge pages: give the machine more memory",
                            format_size(huge_bytes), format_size(wanted)));
      return false;
    }
    return true;
  }
  const ContentFinding found =
      compare_content(-1, *step.memfd, step.memfd->expected, plan_.job.range_bytes, reply.result);
  if (!found.difference.empty()) {
    add_check(-1, "record", step.subject, Verdict::ERROR,
              "before the update the content is not what the pattern says: " + found.difference);
    return false;
  }
  return true;
}

bool Evidence::take_notes(std::uint32_t hop, const AgentReply& reply) {
  const auto at = static_cast<std::int32_t>(hop);
  const std::string nonce = text_at(reply.result, "nonce");
  const std::uint64_t carried_hop = number_at(reply.result, "hop");
  const bool carried = nonce == plan_.secrets.nonce && carried_hop == hop + 1;
  add_check(at, "continuity.nonce", {}, carried ? Verdict::PASS : Verdict::FAIL,
            carried ? "the nonce came through preserved memory"
                    : fmt::format("nonce {} of hop {}, expected {} of hop {}", nonce, carried_hop,
                                  plan_.secrets.nonce, hop + 1));
  if (carried) {
    add_blackout(hop, number_at(reply.result, "last_user_tsc"),
                 number_at(reply.result, "reboot_call_tsc"));
  }
  return carried;
}

void Evidence::add_blackout(std::uint32_t hop, std::uint64_t last_user_tsc,
                            std::uint64_t reboot_call_tsc) {
  const auto at = static_cast<std::int32_t>(hop);
  const AgentHello& hello = *incoming_;
  // The worker saw neither end: both are placed on its clock from the outgoing kernel's last
  // message.
  const auto on_worker = [&](std::uint64_t tsc) {
    return going_seen_.answered + time_line_.between(going_.tsc, tsc);
  };
  const auto stamped = [&](const char* name, std::uint64_t start, std::uint64_t end) {
    time_line_.add_stamped(name, at, {}, start, end, on_worker(start), on_worker(end));
  };
  // Where the kernel does not stamp its own first instruction, its clock's zero stands for it.
  std::uint64_t entry =
      hello.start.tsc - static_cast<std::uint64_t>(static_cast<double>(hello.start.monotonic_ns) *
                                                   static_cast<double>(hello.tsc_hz) / 1e9);
  std::string source = "zero of the incoming kernel's CLOCK_MONOTONIC";
  for (const KernelStamp& stamp : hello.stamps) {
    if (stamp.name == "entry") {
      entry = stamp.tsc;
      source = "phase-stamps";
    }
    measure(at, "stamp." + stamp.name,
            static_cast<double>(time_line_.between(last_user_tsc, stamp.tsc).count()) / 1e9, "s",
            "after the outgoing kernel's last user instruction");
  }
  const std::uint64_t last = std::max(last_user_tsc, reboot_call_tsc);
  stamped("blackout", last, hello.start.tsc);
  stamped("shutdown-to-entry", last, entry);
  stamped("kernel-boot", entry, hello.start.tsc);
  stamped("userspace", hello.start.tsc, hello.at.tsc);
  if (hello.echo_tsc != 0) {
    measure(at, kEchoSetUp,
            static_cast<double>(time_line_.between(hello.start.tsc, hello.echo_tsc).count()) / 1e9,
            "s", "from the agent's first instruction until it answers: its network is set up");
  }
  measure(at, "shutdown-to-entry.end", static_cast<double>(entry), "tsc", source);
}

void Evidence::take_scenario_step(std::int32_t hop, const StepSpec& spec, const AgentReply& reply) {
  StepOutcome outcome = check_step(spec, reply, saved_);
  add_check(hop, "step", step_title(spec), outcome.verdict, std::move(outcome.detail));
  if (!spec.save.empty() && !reply.failure) saved_[spec.save] = reply.result;
}

void Evidence::close_hop(std::uint32_t hop) {
  const auto at = static_cast<std::int32_t>(hop);
  if (hop == 0) time_line_.add_totals(-1);
  time_line_.add_totals(at);
  const bool clocks_agree = compare_clocks(hop);
  loads_.close_hop(at, measurements_, checks_);
  for (const auto& [phase, limit] : plan_.job.checks.phase_max) {
    const auto took = time_line_.total(phase, at);
    if (!took) {
      add_check(at, "phase." + phase, {}, Verdict::ERROR, "the phase was not measured in this job");
      continue;
    }
    const std::string figure =
        fmt::format("{}, at most {} allowed", format_duration(*took), format_duration(limit));
    if (*took <= limit) {
      add_check(at, "phase." + phase, {}, Verdict::PASS, figure);
    } else if (clocks_agree) {
      add_check(at, "phase." + phase, {}, Verdict::FAIL, figure);
    } else {
      add_check(at, "phase." + phase, {}, Verdict::MISS,
                figure + "; but the guest's clock and the worker's disagree");
    }
  }
}

bool Evidence::compare_clocks(std::uint32_t hop) {
  const auto at = static_cast<std::int32_t>(hop);
  const auto guest = time_line_.between(going_.tsc, incoming_->at.tsc);
  const std::chrono::nanoseconds worker = incoming_seen_ - going_seen_.answered;
  const auto difference = guest > worker ? guest - worker : worker - guest;
  const auto allowed = std::max<std::chrono::nanoseconds>(
      kClockSlack, std::chrono::nanoseconds{static_cast<std::int64_t>(
                       kClockTolerance * static_cast<double>(worker.count()))});
  measure(at, "clock.difference", static_cast<double>((guest - worker).count()) / 1e9, "s",
          "from the outgoing kernel's last message to the incoming one's first: guest TSC minus "
          "worker");
  add_check(at, "clocks", {}, difference <= allowed ? Verdict::PASS : Verdict::DONE,
            fmt::format("the gap is {} by the guest's TSC and {} by the worker's clock{}",
                        format_duration(guest), format_duration(worker),
                        difference <= allowed ? "" : ": they DISAGREE, trust neither"));
  return difference <= allowed;
}

void Evidence::take_console(const std::vector<ConsoleFinding>& findings) {
  findings_ = findings;
  bool clean = true;
  for (const ConsoleFinding& finding : findings) {
    if (plan_.job.checks.console == ConsoleCheck::alive && !is_fatal_kind(finding.kind)) continue;
    clean = false;
    add_check(-1, "console", finding.kind, Verdict::FAIL, headline(finding));
  }
  if (clean) add_check(-1, "console", {}, Verdict::PASS, "nothing on it speaks against the kernel");
}

AttemptReport Evidence::report() const {
  AttemptReport report;
  report.bytes_verified = bytes_verified_;
  report.hops = hops_;
  report.phases = time_line_.phases();
  report.checksums = checksums_;
  report.checks = checks_;
  report.measurements = measurements_;
  report.findings = findings_;
  return report;
}

}  // namespace luolab
