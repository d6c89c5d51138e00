// SPDX-License-Identifier: Apache-2.0
#include "cli/served_run.h"

#include <unistd.h>

#include <iostream>
#include <stdexcept>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "cli/interrupt.h"
#include "cli/local_lab.h"
#include "cli/state_store.h"
#include "controller/service/service.h"
#include "core/async/task_group.h"

namespace luolab {
namespace {

/// A visitor sees within a second what a job is doing.
constexpr std::chrono::seconds kHeartbeat{1};

/// The terminal shows the run; of the service only what went wrong belongs beside it.
class TroubleLog final : public ServiceLog {
 public:
  void info(const std::string&) override {}
  void warning(const std::string& line) override { std::cerr << "dashboard: " << line << '\n'; }
};

ServiceOptions options_of(const Places& places, const ListenAddress& listen, JobWatcher& watcher) {
  ServiceOptions options;
  options.state = places.state;
  options.data = places.data;
  options.version = LUOLAB_VERSION;
  options.address = listen.address;
  options.port = listen.port;
  options.keep_artifacts = std::chrono::hours{0};  // to forget is the controller's business
  options.take_up = false;
  options.without_token = TokenRole::read;
  options.observer = &watcher;
  options.lab = lab_options_of_a_run();
  options.lab.heartbeat = kHeartbeat;
  return options;
}

/// What a served run is made of; borrowed.
struct ServedRun {
  Service& service;
  JobWatcher& watcher;
  Store& store;
  const JobList& list;
  const Places& places;
  const Catalog& catalog;
  const LocalRunFlags& flags;
  const ListenAddress& listen;
  const std::function<void(const RunRecord&)>& show;
  RunId id{};
  bool ended = false;  ///< before anybody asked to stop
};

Task<void> wait_for_ever() {
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
}

Task<void> run_and_stay(ServedRun& run) {
  // Through the service's own writer, so that whoever follows hears of it.
  auto create = [&run](Store& store) {
    return store.create_run(new_run_of(run.list, run.flags), run.list.jobs);
  };
  const CreatedRun created = co_await run.service.writer().write(create);
  run.id = created.id;
  const std::string address = page_address(run.listen);
  std::cerr << fmt::format("Dashboard: {}runs/{}\n", address, id_text(created.id));
  {
    RunProgress progress(run.list.jobs.size(), ::isatty(STDERR_FILENO) == 1,
                         terminal_style(STDERR_FILENO));
    const LabParts parts{run.service.writer(), run.service.consoles(), run.service.artifacts(),
                         run.service.lab(), run.watcher};
    co_await run_created(created, run.list.jobs, run.places, run.catalog, run.flags, progress,
                         &parts);
  }
  run.ended = true;
  const auto record = run.store.run(created.id);
  if (!record) throw std::runtime_error(record.error().what);
  run.show(*record);
  std::cerr << fmt::format("The run has ended; {} is served until Ctrl-C.\n", address);
  co_await wait_for_ever();
}

Task<bool> serve_until_interrupted(ServedRun& run) {
  TaskGroup serving(co_await asio::this_coro::executor);
  serving.spawn(run.service.run());
  std::exception_ptr ended;
  try {
    co_await run_and_stay(run);
  } catch (...) {
    ended = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  serving.cancel();
  try {
    co_await serving.join();
  } catch (const boost::system::system_error&) {  // cancelled, as it was asked to
  }
  std::rethrow_exception(ended);
}

/// There is no TLS here, and nobody is asked for a token that need not be.
Result<void> check_loopback(const ListenAddress& listen) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(listen.address, error);
  if (!error && address.is_loopback()) return {};
  return scenario_error(fmt::format(
      "--serve: \"{}\" is not a loopback address, and a run is shown to this machine alone: serve "
      "127.0.0.1 and reach it through `ssh -L`, or use `luolab controller`, which has TLS and "
      "tokens",
      listen.address));
}

}  // namespace

Result<LocalRun> run_served(const JobList& list, const Places& places, const Catalog& catalog,
                            const LocalRunFlags& flags, const ListenAddress& listen,
                            const std::function<void(const RunRecord&)>& show) {
  if (auto local = check_loopback(listen); !local) return local.error();
  auto store = open_state(places);
  if (!store) return store.error();
  asio::io_context io(1);
  JobWatcher watcher(io.get_executor());
  TroubleLog log;
  auto service =
      Service::start(io.get_executor(), options_of(places, listen, watcher), catalog, log);
  if (!service) return in_context("--serve", service.error());
  const ListenAddress served{listen.address, (*service)->port()};
  ServedRun run{**service, watcher, *store, list, places, catalog, flags, served, show};
  run_until_interrupted(io, serve_until_interrupted(run));
  auto record = store->run(run.id);
  if (!record) return record.error();
  return LocalRun{std::move(*record), !run.ended};
}

}  // namespace luolab
