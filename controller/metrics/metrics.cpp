// SPDX-License-Identifier: Apache-2.0
#include "controller/metrics/metrics.h"

#include <map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace luolab {
namespace {

using prometheus::Histogram;

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Of phases: from a fraction of a millisecond to minutes.
const Histogram::BucketBoundaries kPhases{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                          0.25,   0.5,   1,      2.5,   5,    10,    30,   60};
const Histogram::BucketBoundaries kWaits{0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400};
const Histogram::BucketBoundaries kRequests{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                            0.05,   0.1,   0.5,    1,     5,    30};

}  // namespace

struct Metrics::Parts {
  prometheus::Registry registry;

  prometheus::Gauge& gauge(const std::string& name, const std::string& help,
                           const prometheus::Labels& labels = {}) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
  }
  prometheus::Counter& counter(const std::string& name, const std::string& help,
                               const prometheus::Labels& labels = {}) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
  }

  /// Counters that grow elsewhere: brought up to what they are there.
  void raise(const std::string& name, const std::string& help, std::uint64_t value) {
    prometheus::Counter& grown = counter(name, help);
    grown.Increment(static_cast<double>(value) - grown.Value());
  }

  prometheus::Family<Histogram>& waits{prometheus::BuildHistogram()
                                           .Name("luolab_queue_wait_seconds")
                                           .Help("From ready to leased")
                                           .Register(registry)};
  prometheus::Family<Histogram>& phases{prometheus::BuildHistogram()
                                            .Name("luolab_phase_seconds")
                                            .Help("Durations of phases in reports, by their names")
                                            .Register(registry)};
  prometheus::Family<Histogram>& requests{prometheus::BuildHistogram()
                                              .Name("luolab_http_request_seconds")
                                              .Help("Answers, parked requests among them")
                                              .Register(registry)};
  prometheus::Family<Histogram>& event_lag{prometheus::BuildHistogram()
                                               .Name("luolab_event_lag_seconds")
                                               .Help("From an event's time to its publication")
                                               .Register(registry)};
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

void Metrics::job_started(JobId, AttemptId, std::chrono::nanoseconds waited) {
  parts_->waits.Add({}, kWaits).Observe(seconds(waited));
}

void Metrics::job_ended(JobId, Verdict verdict, const std::string&, const AttemptReport* report) {
  parts_
      ->counter("luolab_jobs_ended_total", "Jobs that had their last word, by verdict",
                {{"verdict", std::string(verdict_name(verdict))}})
      .Increment();
  if (report == nullptr) return;
  for (const Phase& phase : report->phases)
    parts_->phases.Add({{"phase", phase.name}}, kPhases).Observe(seconds(phase.duration));
}

void Metrics::run_ended(RunId) {
  parts_->counter("luolab_runs_ended_total", "Runs that ended").Increment();
}

void Metrics::request_answered(int status, std::chrono::nanoseconds duration) {
  parts_
      ->counter("luolab_http_requests_total", "Answers, by status",
                {{"status", std::to_string(status)}})
      .Increment();
  parts_->requests.Add({}, kRequests).Observe(seconds(duration));
}

void Metrics::events_published(std::size_t events, std::chrono::nanoseconds since_commit) {
  parts_->counter("luolab_events_total", "Events that were published")
      .Increment(static_cast<double>(events));
  parts_->event_lag.Add({}, kRequests).Observe(seconds(since_commit));
}

std::string Metrics::text(const Lab& lab, const StoreWriterStats& store,
                          const MetricsNow& present) {
  std::map<std::string, double> states{{"ready", 0}, {"draining", 0}, {"quarantined", 0}};
  for (const auto& [name, worker] : lab.workers()) {
    if (worker.admin == AdminState::draining)
      ++states["draining"];
    else if (lab.quarantined(name))
      ++states["quarantined"];
    else
      ++states["ready"];
  }
  for (const auto& [state, count] : states)
    parts_->gauge("luolab_workers", "Connected workers, by state", {{"state", state}}).Set(count);
  parts_->gauge("luolab_queue_depth", "Jobs that wait").Set(static_cast<double>(lab.waiting()));
  parts_->gauge("luolab_leases", "Attempts that run").Set(static_cast<double>(lab.leases().size()));
  parts_->gauge("luolab_http_connections", "Open connections")
      .Set(static_cast<double>(present.connections));
  parts_->gauge("luolab_store_last_batch_seconds", "From the start of the last commit to its end")
      .Set(seconds(store.last_batch));
  const LabCounters& counted = lab.counters();
  parts_->raise("luolab_grants_total", "Leases that were given", counted.grants);
  parts_->raise("luolab_reports_total", "Reports that were taken", counted.reports);
  parts_->raise("luolab_stale_total", "Deliveries that came too late and were refused",
                counted.stale);
  parts_->raise("luolab_lost_attempts_total", "Attempts whose worker was gone", counted.losses);
  parts_->raise("luolab_retries_total", "Jobs that were queued again", counted.retries);
  parts_->raise("luolab_queue_expired_total", "Jobs that waited too long", counted.expired);
  parts_->raise("luolab_store_batches_total", "Commits", store.batches);
  parts_->raise("luolab_store_changes_total", "Changes in those commits", store.steps);
  return prometheus::TextSerializer().Serialize(parts_->registry.Collect());
}

}  // namespace luolab
