// SPDX-License-Identifier: Apache-2.0
#include "cli/worker_log.h"

#include <cstdlib>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/base/quantity.h"
#include "core/base/service_notice.h"

namespace luolab {
namespace {

/// What others wrote, on one line and without control characters.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, text.find('\n'))) {
    line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return line;
}

std::string_view in_words(EndReason reason) {
  switch (reason) {
    case EndReason::canceled:
      return "canceled, ending it";
    case EndReason::stale:
      return "not this worker's any more, ending it and reporting nothing";
    default:
      return "the worker stops, ending it";
  }
}

}  // namespace

WorkerLog::WorkerLog(std::string worker)
    : worker_(std::move(worker)), logger_(spdlog::get("worker")) {
  if (!logger_) logger_ = spdlog::stderr_logger_st("worker");
  // The journal has times of its own.
  logger_->set_pattern(std::getenv("JOURNAL_STREAM") != nullptr ? "%l %v"
                                                                : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
}

void WorkerLog::info(const std::string& line) { logger_->info("worker={} {}", worker_, line); }
void WorkerLog::error(const std::string& line) { logger_->error("worker={} {}", worker_, line); }

void WorkerLog::connected(const WorkerWelcome& welcome) {
  notify_service("READY=1");
  info(fmt::format("connected, heartbeat={} lease={}", format_duration(welcome.heartbeat),
                   format_duration(welcome.lease)));
}

void WorkerLog::away(std::string_view call, const Error& error, std::chrono::nanoseconds pause) {
  logger_->warn("worker={} call={} {}; trying again in {}", worker_, call, one_line(error.what),
                format_duration(pause));
}

void WorkerLog::machine(const std::string& name, const std::string& reason) {
  info(reason.empty()
           ? fmt::format("machine {} can be used", name)
           : fmt::format("machine {} is offline, jobs that name it wait: {}", name, reason));
}

void WorkerLog::draining(bool drain) {
  info(drain ? "drained: finishing what runs, taking nothing new" : "takes work again");
}

void WorkerLog::started(const LeaseGrant& grant) {
  info(fmt::format("job={} attempt={} number={} started: {}", grant.job_id, grant.attempt,
                   grant.number, one_line(job_title(grant.job))));
}

void WorkerLog::asked_to_end(std::int64_t attempt, EndReason reason) {
  info(fmt::format("attempt={} {}", attempt, in_words(reason)));
}

void WorkerLog::ended(const LeaseGrant& grant, const AttemptReport& report) {
  info(fmt::format("job={} attempt={} verdict={} ended: {}", grant.job_id, grant.attempt,
                   verdict_name(report.verdict), one_line(report.reason)));
}

void WorkerLog::delivered(std::int64_t attempt, std::int64_t job_id, Delivery delivery) {
  info(fmt::format(
      "job={} attempt={} {}", job_id, attempt,
      delivery == Delivery::taken ? "results are with the controller" : "stale, results dropped"));
}

void WorkerLog::set_aside(std::int64_t attempt, const Error& error) {
  this->error(
      fmt::format("attempt={} results can't be delivered and lie in the spool's rejected: {}",
                  attempt, one_line(error.what)));
}

}  // namespace luolab
