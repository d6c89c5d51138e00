// SPDX-License-Identifier: Apache-2.0
#include "cli/local_run.h"

#include <pwd.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>

#include <boost/asio/thread_pool.hpp>

#include "cli/in_process_controller.h"
#include "cli/interrupt.h"
#include "cli/local_attempts.h"
#include "cli/run_progress.h"
#include "controller/lab/lab.h"
#include "db/artifact_store.h"
#include "db/store.h"
#include "worker/kernel/cache_folder.h"
#include "worker/lease/lease_loop.h"
#include "worker/lease/spool.h"
#include "worker/run/template_pool.h"

namespace luolab {
namespace {

std::string login_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
}

/// Learns from the lab when jobs have their last word, and when all have.
class RunWatcher final : public LabObserver {
 public:
  RunWatcher(const asio::any_io_executor& executor, RunProgress& progress, std::size_t jobs)
      : progress_(progress), left_(jobs), ended_(executor) {}

  void job_started(JobId, AttemptId, std::chrono::nanoseconds) override {}
  void run_ended(RunId) override {}
  void job_ended(JobId job, Verdict verdict, const std::string& reason,
                 const AttemptReport* report) override {
    AttemptReport told = report != nullptr ? *report : AttemptReport{};
    told.verdict = verdict;
    told.reason = reason;
    progress_.job_ended(job, told);
    --left_;
    ended_.wake();
  }
  Task<void> all_ended() {
    while (left_ > 0) co_await ended_.wait();
  }

 private:
  RunProgress& progress_;
  std::size_t left_;
  Signal ended_;
};

/// A log that a person at a terminal has no use for.
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

/// The worker of this process: as many jobs at a time as the user says, whatever memory they need.
WorkerHello own_worker(std::size_t slots) {
  WorkerHello self;
  self.name = "local";
  self.instance = "local";
  self.slots = static_cast<std::uint32_t>(slots);
  self.memory_bytes = std::numeric_limits<std::int64_t>::max();
  self.cpus = std::numeric_limits<std::uint32_t>::max();
  self.kvm = true;  // what a job asks for is found out when it starts
  return self;
}

/// Controller and worker of one run, in this process.
class LocalRunner {
 public:
  LocalRunner(asio::any_io_executor executor, Store store, const JobList& list,
              const Places& places, const LocalRunFlags& flags, const Catalog& catalog,
              RunProgress& progress)
      : executor_(executor),
        watcher_(executor, progress, list.jobs.size()),
        writer_(executor, std::move(store)),
        consoles_(executor, console_folder(places.state)),
        artifacts_(artifact_folder(places.state)),
        lab_(executor, writer_, consoles_, lab_options(), &watcher_),
        api_(lab_, artifacts_, "local"),
        builder_(executor, {.cache_dir = places.cache,
                            .jobs = std::max(1U, std::thread::hardware_concurrency()),
                            .locked = flags.locked,
                            .trusted_patches = catalog.patch_digests()}),
        templates_(executor, list.jobs),
        attempts_(builder_, blocking_, places, templates_, progress),
        scratch_(CacheFolder{places.cache}),
        flags_(flags) {}

  /// Returns when every job has ended. Cancelling ends what runs; the rest is canceled.
  Task<bool> run(CreatedRun created) {
    auto spool = Spool::open(scratch_.path() / "spool");
    if (!spool) throw std::runtime_error(spool.error().what);
    SteadyLeaseClock clock;
    SilentObserver silent;
    LeaseLoopParts parts{api_, *spool, attempts_, clock, silent};
    LeaseLoopOptions options{.self = own_worker(flags_.slots)};
    LeaseLoop loop(executor_, parts, std::move(options));
    TaskGroup group(executor_);
    group.spawn(lab_.run());
    co_await lab_.take_up(created);
    group.spawn(serve(loop));
    std::exception_ptr interrupted;
    try {
      co_await watcher_.all_ended();
    } catch (const boost::system::system_error&) {
      interrupted = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (interrupted) co_await lab_.cancel_run(created.id, "interrupted before it ended");
    loop.stop();
    while (!loop_ended_) co_await loop_done_.wait();
    auto finish = [id = created.id](Store& store) {
      store.finish_run(id);
      return true;
    };
    co_await writer_.write(finish);
    group.cancel();
    try {
      co_await group.join();
    } catch (const boost::system::system_error&) {  // cancelled, as it was asked to
    }
    if (interrupted) std::rethrow_exception(interrupted);
    co_return true;
  }

 private:
  static LabOptions lab_options() {
    LabOptions options;
    options.keep_workers = false;
    options.most_misses = 1;  // the same machine would fail again
    return options;
  }

  Task<void> serve(LeaseLoop& loop) {
    const auto served = co_await loop.run();
    loop_ended_ = true;
    loop_done_.wake();
    if (!served) throw std::runtime_error(served.error().what);
  }

  asio::any_io_executor executor_;
  RunWatcher watcher_;
  StoreWriter writer_;
  ConsoleStore consoles_;
  ArtifactStore artifacts_;
  Lab lab_;
  InProcessController api_;
  asio::thread_pool blocking_{1};
  KernelBuilder builder_;
  TemplatePool templates_;
  LocalAttempts attempts_;
  WorkArea scratch_;
  const LocalRunFlags& flags_;
  bool loop_ended_ = false;
  Signal loop_done_{executor_};
};

std::string title_of(const JobList& list) {
  const std::string& first = list.jobs.front().scenario;
  return list.jobs.back().scenario == first ? first : first + ", ...";
}

}  // namespace

Result<LocalRun> run_here(const JobList& list, const Places& places, const Catalog& catalog,
                          const LocalRunFlags& flags) {
  auto store = Store::open(store_file(places.state));
  if (!store) return store.error();
  store->recover();
  const CreatedRun created = store->create_run({.title = title_of(list),
                                                .source_text = list.source_text,
                                                .submitter = login_name(),
                                                .command_line = flags.command_line},
                                               list.jobs);
  asio::io_context io;
  bool interrupted = false;
  {
    RunProgress progress(list.jobs.size(), ::isatty(STDERR_FILENO) == 1,
                         terminal_style(STDERR_FILENO));
    auto writer = Store::open(store_file(places.state));
    if (!writer) return writer.error();
    LocalRunner runner(io.get_executor(), std::move(*writer), list, places, flags, catalog,
                       progress);
    interrupted = !run_until_interrupted(io, runner.run(created));
  }
  auto run = store->run(created.id);
  if (!run) return run.error();
  return LocalRun{std::move(*run), interrupted};
}

}  // namespace luolab
