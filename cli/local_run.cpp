// SPDX-License-Identifier: Apache-2.0
#include "cli/local_run.h"

#include <pwd.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include <boost/asio/thread_pool.hpp>

#include "cli/interrupt.h"
#include "cli/run_progress.h"
#include "controller/run_service.h"
#include "db/artifact_store.h"
#include "db/store.h"
#include "worker/run/attempt.h"
#include "worker/run/template_pool.h"

namespace luolab {
namespace {

std::string login_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
}

Task<bool> run_jobs(const CreatedRun& created, const JobList& list, Store& store,
                    const Places& places, const LocalRunFlags& flags, const Catalog& catalog,
                    RunObserver& observer) {
  const auto executor = co_await asio::this_coro::executor;
  asio::thread_pool blocking(1);
  KernelBuilder builder(executor, {.cache_dir = places.cache,
                                   .jobs = std::max(1U, std::thread::hardware_concurrency()),
                                   .locked = flags.locked,
                                   .trusted_patches = catalog.patch_digests()});
  const ArtifactStore artifacts(artifact_folder(places.state));
  TemplatePool templates(executor, list.jobs);
  const AttemptFunction attempt =
      [&](const Job& job,
          std::function<void(std::string_view)> on_activity) -> Task<AttemptReport> {
    AttemptContext context{
        .builder = builder,
        .blocking = blocking,
        .agent = places.agent,
        .cache = places.cache,
        .keep = [&](const std::filesystem::path& file,
                    std::string_view name) { return artifacts.put_file(file, name); },
        .on_activity = std::move(on_activity),
        .templates = &templates};
    co_return co_await run_attempt(job, context);
  };
  RunService service(store, attempt, observer);
  co_await service.run(created, list.jobs, flags.slots);
  co_return true;
}

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
    interrupted = !run_until_interrupted(
        io, run_jobs(created, list, *store, places, flags, catalog, progress));
  }
  auto run = store->run(created.id);
  if (!run) return run.error();
  return LocalRun{std::move(*run), interrupted};
}

}  // namespace luolab
