// SPDX-License-Identifier: Apache-2.0
#include "controller/api/resources.h"

#include <charconv>
#include <cmath>

#include <boost/json/parse.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "controller/results/rollout_words.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// An object out of the store; what is damaged shows as empty.
boost::json::object object_of(const std::string& text) {
  boost::system::error_code code;
  const boost::json::value json = boost::json::parse(text, code);
  return !code && json.is_object() ? json.get_object() : boost::json::object{};
}

}  // namespace

std::string attempt_text(AttemptId id) { return fmt::format("a{}", id.value); }

std::optional<AttemptId> parse_attempt_id(std::string_view text) {
  if (text.starts_with('a')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) return {};
  return AttemptId{value};
}

std::string precise_time(TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", fmt::gmtime(seconds.time_since_epoch().count()),
                     (time - seconds).count());
}

std::optional<std::string> precise_time(const std::optional<TimePoint>& time) {
  return time ? std::optional(precise_time(*time)) : std::nullopt;
}

RunResource resource_of(const RunSummary& run) {
  RunResource resource{.id = id_text(run.id),
                       .title = run.title,
                       .submitter = run.submitter,
                       .state = run.state,
                       .priority = run.priority,
                       .created = precise_time(run.created),
                       .finished = precise_time(run.finished),
                       .jobs = run.jobs,
                       .queued = run.queued,
                       .running = run.running,
                       .service = run.service,
                       .confirm = run.confirm,
                       .series_key = unless_empty(run.series_key),
                       .revision = run.revision,
                       .pinned = run.pinned};
  for (const auto& [verdict, count] : run.verdicts)
    resource.verdicts[std::string(verdict_name(verdict))] = count;
  if (run.superseded_by) resource.superseded_by = id_text(*run.superseded_by);
  return resource;
}

JobResource resource_of(const JobSummary& job) {
  return {.id = id_text(job.id),
          .run = id_text(job.run),
          .position = job.position,
          .title = job.title,
          .scenario = job.scenario,
          .priority = job.priority,
          .state = job.state,
          .verdict = job.verdict,
          .reason = job.reason,
          .attempts = job.attempts,
          .worker = job.worker,
          .queued = precise_time(job.queued),
          .ended = precise_time(job.ended)};
}

AttemptResource resource_of(const AttemptSummary& attempt) {
  return {.id = attempt_text(attempt.id),
          .job = id_text(attempt.job),
          .run = id_text(attempt.run),
          .number = attempt.number,
          .title = attempt.job_title,
          .scenario = attempt.scenario,
          .worker = attempt.worker,
          .state = attempt.state,
          .verdict = attempt.verdict,
          .reason = attempt.reason,
          .started = precise_time(attempt.started),
          .finished = precise_time(attempt.finished),
          .start = start_point_name(attempt.start),
          .accel = attempt.accel,
          .wall_ns = attempt.wall.count(),
          .bytes_verified = attempt.bytes_verified};
}

HopResource resource_of(AttemptId attempt, const HopReport& hop) {
  return {attempt_text(attempt), hop.index,
          hop.outgoing_build,    hop.incoming_build,
          hop.outgoing_boot_id,  hop.incoming_boot_id,
          hop.incoming_release,  hop.incoming_build_id};
}

PhaseResource resource_of(const ReportRow<Phase>& row) {
  const Phase& phase = row.item;
  return {attempt_text(row.place.attempt),
          id_text(row.job),
          row.scenario,
          phase.name,
          phase.hop,
          phase.subject,
          phase.start.count(),
          phase.end.count(),
          phase.duration.count()};
}

ChecksumResource resource_of(const ReportRow<Checksum>& row) {
  const Checksum& sum = row.item;
  return {attempt_text(row.place.attempt),
          id_text(row.job),
          row.scenario,
          sum.hop,
          sum.memfd,
          sum.offset_bytes,
          sum.length_bytes,
          sum.algorithm,
          sum.expected,
          sum.actual,
          sum.expected == sum.actual};
}

MeasurementResource resource_of(const ReportRow<Measurement>& row) {
  const Measurement& figure = row.item;
  return {attempt_text(row.place.attempt),
          id_text(row.job),
          row.scenario,
          figure.hop,
          figure.name,
          std::isfinite(figure.value) ? std::optional(figure.value) : std::nullopt,
          figure.unit,
          figure.detail};
}

GateResource resource_of(const GateRow& gate) {
  return {id_text(gate.id),           gate.title,  gate.submitter, gate.state,
          unless_empty(gate.answer),  gate.reason, gate.service,   precise_time(gate.created),
          precise_time(gate.finished)};
}

BuildResource resource_of(const BuildRow& build) {
  return {std::to_string(build.id),
          build.build.digest,
          build.build.title,
          build.build.release,
          build.build.base_version,
          build.build.build_id,
          precise_time(build.first_seen),
          build.attempts};
}

BuildPapersResource resource_of(const BuildPapers& papers) {
  return {resource_of(papers.build), papers.config, papers.log};
}

RunPointResource resource_of(const RunPoint& point) {
  RunPointResource resource{point.title, point.scenario,    point.jobs, point.queued, point.running,
                            {},          id_text(point.job)};
  for (const auto& [verdict, count] : point.verdicts)
    resource.verdicts[std::string(verdict_name(verdict))] = count;
  return resource;
}

RunPhaseResource resource_of(const RunPhase& phase) {
  return {phase.name,         phase.durations,    phase.least.count(),   phase.median.count(),
          phase.high.count(), phase.most.count(), id_text(phase.slowest)};
}

FleetBuildResource resource_of(const FleetBuild& build) {
  return {std::to_string(build.id),
          build.key,
          build.title,
          build.state,
          build.worker,
          build.artifact,
          build.detail,
          precise_time(build.created),
          precise_time(build.updated)};
}

ArtifactUseResource resource_of(const ArtifactUse& use) {
  return {attempt_text(use.attempt),
          id_text(use.job),
          id_text(use.run),
          use.name,
          use.size_bytes,
          use.expired};
}

EventResource resource_of(const EventRow& event) {
  EventResource resource{.seq = event.seq,
                         .time = precise_time(event.time),
                         .worker = unless_empty(event.worker),
                         .kind = event.kind,
                         .details = object_of(event.json)};
  if (event.run) resource.run = id_text(*event.run);
  if (event.job) resource.job = id_text(*event.job);
  return resource;
}

TokenResource resource_of(const TokenRow& token) {
  return {std::to_string(token.id.value),
          token.name,
          token.role,
          precise_time(token.created),
          precise_time(token.expires),
          precise_time(token.revoked)};
}

SearchResource resource_of(const SearchHit& hit) {
  switch (hit.kind) {
    case SearchKind::run:
      return {hit.kind, id_text(RunId{hit.id}), hit.text};
    case SearchKind::job:
    case SearchKind::reason:
      return {hit.kind, id_text(JobId{hit.id}), hit.text};
    case SearchKind::finding:
      return {hit.kind, attempt_text(AttemptId{hit.id}), hit.text};
    case SearchKind::build:
      return {hit.kind, std::to_string(hit.id), hit.text};
    case SearchKind::gate:
      return {hit.kind, id_text(GateId{hit.id}), hit.text};
    case SearchKind::worker:
    case SearchKind::scenario:
      return {hit.kind, hit.text, hit.text};
  }
  return {};
}

}  // namespace luolab
