// SPDX-License-Identifier: Apache-2.0
#include "cli/local_run.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include <boost/asio/thread_pool.hpp>

#include "cli/interrupt.h"
#include "cli/local_attempts.h"
#include "cli/local_lab.h"
#include "cli/run_progress.h"
#include "cli/state_store.h"
#include "worker/kernel/cache_folder.h"
#include "worker/run/template_pool.h"

namespace luolab {
namespace {

std::string title_of(const JobList& list) {
  const std::string& first = list.jobs.front().scenario;
  return list.jobs.back().scenario == first ? first : first + ", ...";
}

}  // namespace

void add_slots_option(CLI::App& command, LocalRunFlags& flags) {
  command.add_option("--slots", flags.slots, "So many jobs at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

std::string login_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
}

NewRun new_run_of(const JobList& list, const LocalRunFlags& flags) {
  return {.title = title_of(list),
          .source_text = list.source_text,
          .submitter = login_name(),
          .command_line = flags.command_line,
          .rollouts = list.rollouts};
}

Task<bool> run_created(const CreatedRun& created, std::span<const Job> jobs, const Places& places,
                       const Catalog& catalog, const LocalRunFlags& flags, RunProgress& progress,
                       const LabParts* parts) {
  const auto executor = co_await asio::this_coro::executor;
  asio::thread_pool blocking(1);
  KernelBuilder builder(executor, {.cache_dir = places.cache,
                                   .jobs = std::max(1U, std::thread::hardware_concurrency()),
                                   .locked = flags.locked,
                                   .trusted_patches = catalog.patch_digests()});
  TemplatePool templates(executor, jobs);
  LocalAttempts attempts(builder, blocking, places, templates, progress, flags.machines);
  const WorkArea scratch(CacheFolder{places.cache});
  LocalLabOptions options{.state = places.state, .scratch = scratch.path(), .slots = flags.slots};
  options.on_job_ended = [&progress](JobId job, const AttemptReport& report) {
    progress.job_ended(job, report);
  };
  if (parts != nullptr) {
    LocalLab lab(executor, *parts, attempts, std::move(options));
    co_return co_await lab.run(created, jobs);
  }
  auto store = Store::open(store_file(places.state));
  if (!store) throw std::runtime_error(store.error().what);
  LocalLab lab(executor, std::move(*store), attempts, std::move(options));
  co_return co_await lab.run(created, jobs);
}

Result<LocalRun> run_here(const JobList& list, const Places& places, const Catalog& catalog,
                          const LocalRunFlags& flags) {
  auto store = open_state(places);
  if (!store) return store.error();
  const CreatedRun created = store->create_run(new_run_of(list, flags), list.jobs);
  asio::io_context io;
  bool interrupted = false;
  {
    RunProgress progress(list.jobs.size(), ::isatty(STDERR_FILENO) == 1,
                         terminal_style(STDERR_FILENO));
    interrupted = !run_until_interrupted(
        io, run_created(created, list.jobs, places, catalog, flags, progress));
  }
  auto run = store->run(created.id);
  if (!run) return run.error();
  return LocalRun{std::move(*run), interrupted};
}

}  // namespace luolab
