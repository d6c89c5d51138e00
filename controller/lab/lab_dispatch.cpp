// SPDX-License-Identifier: Apache-2.0
// Who gets which job, and how a placement becomes a lease.
#include <algorithm>

#include <boost/asio/post.hpp>

#include "controller/lab/lab.h"
#include "core/protocol/json.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

std::vector<EndedAttempt> ended_attempts(const std::vector<AttemptSummary>& attempts) {
  std::vector<EndedAttempt> ended;
  for (const AttemptSummary& attempt : attempts) {
    if (attempt.verdict && attempt.state != AttemptState::canceled)
      ended.push_back({*attempt.verdict, attempt.reason, attempt.worker, attempt.start});
  }
  return ended;
}

/// "linux-7.3 + phase-stamps": the kernel of the job that has this key.
std::string build_title(const std::string& job_json, const std::string& key) {
  const auto job = from_json<Job>(job_json);
  if (!job) return key;
  for (const KernelSpec& kernel : job->kernels) {
    if (build_key(kernel) == key) return kernel_title(kernel);
  }
  return key;
}

/// What the store has about a lease that was begun.
struct Begun {
  LeasedJob leased;
  QueuedJob job;
  bool from_power_on = false;
};

std::optional<Begun> begin(Store& store, const Placement& placement, const std::string& instance) {
  auto job = store.queued_job(placement.job);
  if (!job) return {};
  const auto earlier = job->tried.empty() ? std::vector<EndedAttempt>{}
                                          : ended_attempts(store.attempts_of(placement.job));
  auto leased = store.lease(placement.job, placement.worker, instance);
  if (!leased) return {};
  for (const std::string& key : placement.to_build)
    store.begin_build(key, build_title(leased->job_json, key), leased->attempt);
  return Begun{std::move(*leased), std::move(*job), needs_power_on(earlier)};
}

}  // namespace

void Lab::wake_scheduler() {
  if (std::exchange(placing_, true)) return;
  asio::post(executor_, [this] {
    placing_ = false;
    place();
  });
}

void Lab::place() {
  for (Placement& placement : scheduler_.schedule(now())) {
    ParkedRef parked = take_parked(placement.worker);
    if (!parked) {
      scheduler_.undo(placement, now());
      continue;
    }
    parked->placed = true;
    spawn(carry_out(std::move(placement), std::move(parked)));
  }
}

Lab::ParkedRef Lab::take_parked(const std::string& worker) {
  const auto found = parked_.find(worker);
  if (found == parked_.end() || found->second.empty()) return nullptr;
  ParkedRef parked = std::move(found->second.front());
  found->second.pop_front();
  return parked;
}

void Lab::update_demand(const std::string& worker) {
  const auto found = parked_.find(worker);
  const std::size_t demand = found == parked_.end() ? 0 : found->second.size();
  scheduler_.set_demand(worker, static_cast<std::uint32_t>(demand));
  if (demand > 0) wake_scheduler();
}

Task<void> Lab::carry_out(Placement placement, ParkedRef parked) {
  const auto connected = workers_.find(placement.worker);
  const std::string instance =
      connected == workers_.end() ? std::string() : connected->second.hello.instance;
  std::optional<Begun> begun;
  try {
    auto change = [placement, instance](Store& store) { return begin(store, placement, instance); };
    begun = co_await writer_.write(change);
  } catch (const std::exception&) {
    scheduler_.undo(placement, now());
    parked->failure = std::current_exception();
    parked->settled.wake();
    co_return;
  }
  if (!begun) {  // canceled meanwhile: the worker goes on waiting for another
    scheduler_.ended(placement.job, now());
    parked->placed = false;
    if (!parked->gone) parked_[placement.worker].push_front(parked);
    update_demand(placement.worker);
    co_return;
  }
  ++counters_.grants;
  confirm_[begun->job.run] = begun->job.confirm;
  const AttemptId attempt = begun->leased.attempt;
  leases_.add({.attempt = attempt,
               .job = placement.job,
               .run = begun->job.run,
               .worker = placement.worker,
               .instance = instance,
               .expires = now() + options_.lease});
  consoles_.begin(attempt);
  if (!placement.to_build.empty()) building_[attempt] = placement.to_build;
  if (observer_ != nullptr) {
    observer_->job_started(placement.job, attempt, now() - begun->job.queued);
  }
  parked->grant = Grant{.attempt = attempt.value,
                        .number = begun->leased.number,
                        .run = begun->job.run.value,
                        .job = placement.job.value,
                        .job_json = std::move(begun->leased.job_json),
                        .from_power_on = begun->from_power_on,
                        .builds = offers(begun->job.needs)};
  parked->settled.wake();
}

std::vector<BuildOffer> Lab::offers(const Needs& needs) const {
  std::vector<BuildOffer> offers;
  for (const std::string& key : needs.builds) {
    const auto ready = builds_.find(key);
    offers.push_back({key, ready == builds_.end() ? std::string() : ready->second});
  }
  return offers;
}

/// A grant that the worker never got: its connection broke meanwhile.
Task<std::optional<Grant>> Lab::lost_grant(const std::string& worker, const LeaseRequest& request) {
  std::optional<Grant> grant;
  for (const AttemptId attempt : leases_.of_worker(worker)) {
    Lease* lease = leases_.find(attempt);
    if (std::ranges::find(request.held, attempt.value) != request.held.end())
      lease->acknowledged = true;
    const bool lost =
        lease->instance == request.instance && !lease->acknowledged && !lease->canceled;
    if (!lost || grant) continue;
    const JobId job = lease->job;
    auto question = [job, attempt](Store& store) {
      const auto all = store.attempts_of(job);
      const auto record = store.job(job).value();
      Grant again{.attempt = attempt.value, .run = record.run.value, .job = job.value};
      again.job_json = boost::json::serialize(to_json(record.job));
      again.from_power_on = needs_power_on(ended_attempts(all));
      again.number = all.back().number;
      again.builds.clear();
      for (const std::string& key : needs_of(record.job).builds) again.builds.push_back({key, {}});
      return again;
    };
    grant = co_await writer_.write(question);
    for (BuildOffer& build : grant->builds) {
      const auto ready = builds_.find(build.key);
      if (ready != builds_.end()) build.artifact = ready->second;
    }
  }
  co_return grant;
}

Task<WorkerResult<std::optional<Grant>>> Lab::lease(TokenId token, std::string worker,
                                                    LeaseRequest request) {
  const auto connected = workers_.find(worker);
  if (connected == workers_.end() || connected->second.hello.instance != request.instance)
    co_return WorkerRefusal::unknown_instance;
  if (connected->second.token != token) co_return WorkerRefusal::name_taken;
  connected->second.seen = now();
  if (auto grant = co_await lost_grant(worker, request)) co_return std::move(grant);
  const auto parked = std::make_shared<Parked>(executor_);
  parked_[worker].push_back(parked);
  update_demand(worker);
  const auto wait = std::min(request.wait, options_.longest_wait);
  std::exception_ptr aborted;
  try {
    Task<bool> settled = wait_for(parked);
    co_await within(wait, std::move(settled));
  } catch (const boost::system::system_error&) {
    aborted = std::current_exception();
  }
  if (parked->replaced) co_return WorkerRefusal::unknown_instance;
  if (aborted || (!parked->grant && !parked->failure && !parked->placed)) {
    parked->gone = true;
    std::erase(parked_[worker], parked);
    update_demand(worker);
    if (aborted) std::rethrow_exception(aborted);
    co_return std::optional<Grant>();
  }
  while (!parked->grant && !parked->failure && parked->placed) co_await parked->settled.wait();
  parked->gone = true;
  if (parked->failure) std::rethrow_exception(parked->failure);
  std::erase(parked_[worker], parked);
  co_return std::move(parked->grant);
}

Task<bool> Lab::wait_for(ParkedRef parked) {
  while (!parked->grant && !parked->failure && !parked->replaced) co_await parked->settled.wait();
  co_return true;
}

}  // namespace luolab
