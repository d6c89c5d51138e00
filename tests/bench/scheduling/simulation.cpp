// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/scheduling/simulation.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace luolab::simulation {
namespace {

constexpr double kLeaseSeconds = 60;
constexpr double kAwaySeconds = 600;
constexpr double kWindowSeconds = 600;
constexpr std::uint32_t kLabSubmitter = 0;  ///< who runs health checks
constexpr int kCheckPriority = 100;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<double> kind_weights(const std::vector<JobKind>& kinds) {
  std::vector<double> weights;
  for (const JobKind& kind : kinds) weights.push_back(kind.weight);
  return weights;
}

/// A few submit most; the one at 0 is the lab itself.
std::vector<double> submitter_weights(std::uint32_t count) {
  std::vector<double> weights{0};
  for (std::uint32_t i = 1; i <= count; ++i) weights.push_back(1 / std::sqrt(i));
  return weights;
}

std::uint64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) << 10;
}

}  // namespace

Simulation::Simulation(const Options& options)
    : options_(options),
      random_(options.seed),
      scheduler_(options.limits),
      watch_(options.limits),
      fairness_(options.submitters + std::size_t{1}, kWindowSeconds) {
  const std::vector<WorkerOffer> fleet = make_fleet(options_, random_);
  kinds_ = make_kinds(fleet);
  const std::vector<double> kinds = kind_weights(kinds_);
  const std::vector<double> submitters = submitter_weights(options_.submitters);
  which_kind_ = std::discrete_distribution<std::uint32_t>(kinds.begin(), kinds.end());
  which_submitter_ =
      std::discrete_distribution<std::uint32_t>(submitters.begin(), submitters.end());
  jobs_.reserve(options_.jobs + std::size_t{1});
  jobs_.emplace_back();
  runs_.emplace_back();  // of health checks
  runs_.back().submitter = kLabSubmitter;
  runs_.back().priority = kCheckPriority;
  workers_.resize(fleet.size());
  for (std::uint32_t i = 0; i < fleet.size(); ++i) {
    workers_[i].offer = fleet[i];
    slots_ += fleet[i].hello.slots;
    come_back(i);
  }
  between_runs_ = options_.run_jobs * options_.job_seconds / (slots_ * options_.load);
  at(0, What::submission, 0);
}

Figures Simulation::run() {
  const auto start = std::chrono::steady_clock::now();
  while (done_ < options_.jobs && !events_.empty()) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.time;
    happen(event);
    schedule();
  }
  watch_.counts(scheduler_);
  if (done_ < options_.jobs) throw Broken(fmt::format("{} jobs never ran", options_.jobs - done_));
  for (auto& [priority, waits] : waits_) figures_.waits[priority] = spread_of(std::move(waits));
  figures_.virtual_hours = now_ / 3600;
  figures_.utilisation = busy_seconds_ / (slots_ * last_submission_);
  figures_.fairness = fairness_.mean();
  figures_.fair_windows = fairness_.windows();
  figures_.real_seconds = seconds_since(start);
  figures_.peak_bytes = peak_bytes();
  return figures_;
}

void Simulation::at(double time, What what, std::int64_t subject, std::uint32_t attempt) {
  events_.push({time, order_++, what, subject, attempt});
}

void Simulation::happen(const Event& event) {
  const auto worker = static_cast<std::uint32_t>(event.subject);
  switch (event.what) {
    case What::submission:
      return submit();
    case What::worker_back:
      return come_back(worker);
    case What::worker_lost:
      if (workers_[worker].life == event.attempt) lose(worker);
      return;
    default:
      break;
  }
  const SimJob& job = jobs_[static_cast<std::size_t>(event.subject)];
  if (!job.running || job.attempt != event.attempt) return;
  if (event.what == What::lease_over) return lease_over(event.subject);
  if (!workers_[job.worker].connected) return;  // nobody hears of it
  if (event.what == What::build_done) return build_done(event.subject);
  job_done(event.subject);
}

void Simulation::submit() {
  const auto size = std::min<std::uint32_t>(
      options_.jobs - submitted_, 1 + static_cast<std::uint32_t>(exponential(options_.run_jobs)));
  const auto run = static_cast<std::uint32_t>(runs_.size());
  runs_.emplace_back();
  runs_[run].submitter = which_submitter_(random_);
  if (!options_.equal_priorities) runs_[run].priority = happens(0.1) ? 80 : happens(0.2) ? 20 : 50;
  runs_[run].builds = {fmt::format("base-{}", random_() % 4), fmt::format("patched-{}", run)};
  for (std::uint32_t i = 0; i < size; ++i) {
    SimJob job;
    job.run = run;
    job.kind = which_kind_(random_);
    jobs_.push_back(job);
    queue(static_cast<std::int64_t>(jobs_.size()) - 1);
  }
  submitted_ += size;
  last_submission_ = now_;
  if (submitted_ < options_.jobs) at(now_ + exponential(between_runs_), What::submission, 0);
}

void Simulation::queue(std::int64_t id) {
  SimJob& job = jobs_[static_cast<std::size_t>(id)];
  if (job.attempt == 0) job.queued = static_cast<float>(now_);
  ReadyJob ready = ready_job(id);
  watch_.waits(ready);
  scheduler_.add(std::move(ready));
  count_waiting(job, 1);
  figures_.most_waiting = std::max<std::uint64_t>(figures_.most_waiting, scheduler_.waiting());
}

void Simulation::start(const Placement& placement) {
  watch_.placed(placement);
  SimJob& job = jobs_[static_cast<std::size_t>(placement.job.value)];
  const Run& run = runs_[job.run];
  if (++job.attempt == 1) waits_[run.priority].push_back(static_cast<float>(now_) - job.queued);
  job.running = true;
  job.worker = static_cast<std::uint32_t>(worker_number(placement.worker));
  job.work_seconds = static_cast<float>(duration(options_.job_seconds));
  job.makes = placement.to_build;
  workers_[job.worker].jobs.push_back(placement.job.value);
  ++figures_.placements;
  if (job.attempt > 1) ++figures_.attempts_again;
  count_waiting(job, -1);
  fairness_.running(run.submitter, 1, now_);
  count_slots(1);
  if (job.makes.empty()) {
    at(now_ + job.work_seconds, What::job_done, placement.job.value, job.attempt);
  } else {
    at(now_ + duration(options_.build_seconds), What::build_done, placement.job.value, job.attempt);
  }
}

void Simulation::build_done(std::int64_t id) {
  SimJob& job = jobs_[static_cast<std::size_t>(id)];
  const std::string& worker = workers_[job.worker].offer.name;
  if (happens(options_.failing_builds)) {
    for (const std::string& key : job.makes) {
      watch_.build_failed(key, worker);
      scheduler_.build_failed(key, worker);
    }
    end_attempt(id, true);
    return;
  }
  for (const std::string& key : job.makes) {
    ++figures_.builds;
    watch_.build_on_worker(key, worker);
    watch_.build_ready(key);
    scheduler_.build_on_worker(key, worker);
    scheduler_.build_ready(key);
  }
  built(runs_[job.run]);
  job.makes.clear();
  at(now_ + job.work_seconds, What::job_done, id, job.attempt);
}

void Simulation::job_done(std::int64_t id) {
  const SimJob& job = jobs_[static_cast<std::size_t>(id)];
  if (job.check) {
    WorkerOffer& offer = workers_[job.worker].offer;
    offer.state = WorkerState::ready;
    watch_.worker(offer);
    scheduler_.set_worker(offer);
  }
  end_attempt(id, happens(options_.failing));
}

void Simulation::end_attempt(std::int64_t id, bool again) {
  SimJob& job = jobs_[static_cast<std::size_t>(id)];
  job.running = false;
  job.makes.clear();
  std::erase(workers_[job.worker].jobs, id);
  watch_.ended({id});
  scheduler_.ended({id}, instant());
  fairness_.running(runs_[job.run].submitter, -1, now_);
  count_slots(-1);
  ask(job.worker);
  if (again && !job.check) {
    job.avoid.push_back(job.worker);
    queue(id);
    return;
  }
  job.done = true;
  if (!job.check) ++done_;
}

void Simulation::lose(std::uint32_t worker) {
  SimWorker& it = workers_[worker];
  it.connected = false;
  ++it.life;
  ++figures_.workers_lost;
  watch_.worker_gone(it.offer.name);
  scheduler_.remove_worker(it.offer.name);
  for (const std::int64_t job : it.jobs) {
    at(now_ + kLeaseSeconds, What::lease_over, job, jobs_[static_cast<std::size_t>(job)].attempt);
  }
  at(now_ + kAwaySeconds, What::worker_back, worker);
}

void Simulation::lease_over(std::int64_t job) { end_attempt(job, true); }

void Simulation::come_back(std::uint32_t worker) {
  SimWorker& it = workers_[worker];
  const bool again = it.life > 0;
  it.connected = true;
  it.offer.state = again ? WorkerState::quarantined : WorkerState::ready;
  it.offer.hello.instance = std::to_string(it.life);
  watch_.worker(it.offer);
  scheduler_.set_worker(it.offer);
  ask(worker);
  at(now_ + exponential(options_.worker_hours * 3600), What::worker_lost, worker, it.life);
  if (again) check_health(worker);
}

void Simulation::check_health(std::uint32_t worker) {
  SimJob job;
  job.check = true;
  job.worker = worker;
  jobs_.push_back(job);
  queue(static_cast<std::int64_t>(jobs_.size()) - 1);
}

void Simulation::ask(std::uint32_t worker) {
  const SimWorker& it = workers_[worker];
  if (!it.connected) return;
  const auto slots = it.offer.hello.slots - static_cast<std::uint32_t>(it.jobs.size());
  watch_.demand(it.offer.name, slots);
  scheduler_.set_demand(it.offer.name, slots);
}

void Simulation::schedule() {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Placement> placements = scheduler_.schedule(instant());
  figures_.scheduler_seconds += seconds_since(start);
  for (const Placement& placement : placements) this->start(placement);
}

void Simulation::count_slots(int change) {
  if (submitted_ < options_.jobs) busy_seconds_ += busy_ * (now_ - busy_since_);
  busy_since_ = now_;
  busy_ += change;
}

/// A submitter lacks slots where jobs wait that many workers could run at once.
void Simulation::count_waiting(const SimJob& job, int change) {
  const Needs& needs = kinds_[job.kind].needs;
  if (!needs.tags.empty() || !needs.target.empty()) return;
  Run& run = runs_[job.run];
  if (run.built) {
    fairness_.waiting(run.submitter, change, now_);
  } else {
    run.waiting_for_builds += change;
  }
}

void Simulation::built(Run& run) {
  if (run.built) return;
  run.built = true;
  fairness_.waiting(run.submitter, run.waiting_for_builds, now_);
}

Instant Simulation::instant() const {
  return Instant{std::chrono::nanoseconds{static_cast<std::int64_t>(now_ * 1e9)}};
}

double Simulation::exponential(double mean) {
  return std::exponential_distribution<double>(1 / mean)(random_);
}

/// Mostly somewhat less than the mean, sometimes much more.
double Simulation::duration(double mean) {
  constexpr double kSigma = 0.6;
  return std::lognormal_distribution<double>(std::log(mean) - kSigma * kSigma / 2, kSigma)(random_);
}

bool Simulation::happens(double probability) {
  return std::bernoulli_distribution(probability)(random_);
}

ReadyJob Simulation::ready_job(std::int64_t id) const {
  const SimJob& job = jobs_[static_cast<std::size_t>(id)];
  const Run& run = runs_[job.run];
  ReadyJob ready;
  ready.id = {id};
  ready.submitter = fmt::format("s{}", run.submitter);
  ready.priority = run.priority;
  ready.queued = Instant{std::chrono::nanoseconds{static_cast<std::int64_t>(job.queued * 1e9)}};
  ready.queue_timeout = std::chrono::hours{24 * 30};
  if (job.check) {
    ready.only = workers_[job.worker].offer.name;
    return ready;
  }
  ready.needs = kinds_[job.kind].needs;
  ready.needs.builds = run.builds;
  for (const std::uint32_t worker : job.avoid) ready.avoid.insert(workers_[worker].offer.name);
  return ready;
}

}  // namespace luolab::simulation
