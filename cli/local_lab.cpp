// SPDX-License-Identifier: Apache-2.0
#include "cli/local_lab.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "worker/lease/lease_loop.h"
#include "worker/lease/spool.h"

namespace luolab {
namespace {

constexpr const char* kWorker = "local";

/// Nobody reads a log of a run that is shown already.
class SilentObserver final : public LeaseObserver {
 public:
  void connected(const WorkerWelcome&) override {}
  void away(std::string_view, const Error&, std::chrono::nanoseconds) override {}
  void draining(bool) override {}
  void started(const LeaseGrant&) override {}
  void asked_to_end(std::int64_t, EndReason) override {}
  void ended(const LeaseGrant&, const AttemptReport&) override {}
  void delivered(std::int64_t, std::int64_t, Delivery) override {}
  void set_aside(std::int64_t, const Error&) override {}
};

/// A worker that every job of the run fits: what is missing here is found out when a job starts,
/// and its verdict says so.
WorkerHello own_worker(std::span<const Job> jobs, std::size_t slots) {
  WorkerHello self;
  self.name = kWorker;
  self.instance = kWorker;
  self.slots = static_cast<std::uint32_t>(slots);
  self.memory_bytes = std::numeric_limits<std::int64_t>::max();
  self.cpus = std::numeric_limits<std::uint32_t>::max();
  self.kvm = true;
  for (const Job& job : jobs) {
    const Needs needs = needs_of(job);
    self.arch = needs.arch;
    self.tags.insert(self.tags.end(), needs.tags.begin(), needs.tags.end());
    if (!needs.target.empty()) self.targets.push_back(needs.target);
  }
  for (auto* words : {&self.tags, &self.targets}) {
    std::ranges::sort(*words);
    words->erase(std::ranges::unique(*words).begin(), words->end());
  }
  return self;
}

Task<void> serve(LeaseLoop& loop) {
  const auto served = co_await loop.run();
  if (!served) throw std::runtime_error(served.error().what);
}

}  // namespace

LabOptions lab_options_of_a_run() {
  LabOptions options;
  options.keep_workers = false;
  options.most_misses = 1;  // the same machine would fail again
  return options;
}

struct LocalLab::Own {
  Own(const asio::any_io_executor& executor, Store store, const LocalLabOptions& options)
      : watcher(executor),
        writer(executor, std::move(store)),
        consoles(executor, console_folder(options.scratch)),
        artifacts(artifact_folder(options.state)),
        lab(executor, writer, consoles, lab_options_of_a_run(), &watcher) {}

  LabParts parts() { return {writer, consoles, artifacts, lab, watcher}; }

  JobWatcher watcher;
  StoreWriter writer;
  ConsoleStore consoles;
  ArtifactStore artifacts;
  Lab lab;
};

LocalLab::LocalLab(const asio::any_io_executor& executor, Store store, AttemptRunner& runner,
                   const LocalLabOptions& options)
    : LocalLab(executor, std::make_unique<Own>(executor, std::move(store), options), runner,
               options) {}

LocalLab::LocalLab(const asio::any_io_executor& executor, std::unique_ptr<Own> own,
                   AttemptRunner& runner, LocalLabOptions options)
    : LocalLab(executor, own->parts(), runner, std::move(options)) {
  own_ = std::move(own);
}

LocalLab::LocalLab(asio::any_io_executor executor, LabParts parts, AttemptRunner& runner,
                   LocalLabOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      runner_(runner),
      parts_(parts),
      api_(parts_.lab, parts_.artifacts, parts_.consoles, kWorker) {
  parts_.watcher.on_job_ended(options_.on_job_ended);
}

LocalLab::~LocalLab() = default;

// In a coroutine of its own: the end of a run must not be cancelled, and that is said of a whole
// chain of coroutines, while whoever called can still be cancelled afterwards.
Task<bool> LocalLab::run(CreatedRun created, std::span<const Job> jobs) {
  Task<bool> all = run_to_its_end(std::move(created), jobs);
  co_return co_await asio::co_spawn(executor_, std::move(all), asio::use_awaitable);
}

Task<bool> LocalLab::run_to_its_end(CreatedRun created, std::span<const Job> jobs) {
  auto spool = Spool::open(options_.scratch / "spool");
  if (!spool) throw std::runtime_error(spool.error().what);
  SteadyLeaseClock clock;
  SilentObserver silent;
  LeaseLoopOptions options;
  options.self = own_worker(jobs, options_.slots);
  LeaseLoop loop(executor_, LeaseLoopParts{api_, *spool, runner_, clock, silent},
                 std::move(options));
  TaskGroup beneath(executor_);
  TaskGroup serving(executor_);
  if (own_) beneath.spawn(own_->lab.run());
  serving.spawn(serve(loop));
  std::exception_ptr interrupted;
  try {
    co_await parts_.lab.take_up(created);
    co_await parts_.watcher.wait_for(created.jobs.size());
  } catch (const boost::system::system_error&) {
    interrupted = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (interrupted) {
    std::string reason = "interrupted before it ended";
    co_await parts_.lab.cancel_run(created.id, std::move(reason));
  }
  loop.stop();
  co_await serving.join();
  auto finish = [id = created.id](Store& store) {
    store.finish_run(id);
    return true;
  };
  co_await parts_.writer.write(finish);
  beneath.cancel();
  try {
    co_await beneath.join();
  } catch (const boost::system::system_error&) {  // cancelled, as it was asked to
  }
  if (interrupted) std::rethrow_exception(interrupted);
  co_return true;
}

}  // namespace luolab
