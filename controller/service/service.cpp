// SPDX-License-Identifier: Apache-2.0
#include "controller/service/service.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "controller/api/api.h"
#include "controller/dashboard/dashboard.h"
#include "controller/gate/gate_desk.h"
#include "controller/metrics/metrics.h"
#include "controller/service/upkeep.h"
#include "core/async/task_group.h"
#include "core/base/file.h"
#include "core/http/server.h"
#include "core/http/tls.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// With other writers of the same store (luolab run, token, backup): longer is 503 for whoever
/// waits.
constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::seconds kCertificateCheck{30};

bool is_loopback(const std::string& address) {
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

/// Why the address must not be served like this; empty: it may.
std::string exposure(const ServiceOptions& options, bool tokens) {
  if (is_loopback(options.address) || options.plain_network) return {};
  if (options.tls_certificate.empty())
    return fmt::format(
        "{} is not a loopback address: tokens would cross the network in the clear. "
        "Give --tls-cert and --tls-key, or say --insecure-plain-network to do it all "
        "the same",
        options.address);
  if (!tokens)
    return fmt::format(
        "{} is not a loopback address, and there is no token yet: anybody could use "
        "this controller. Make one with `luolab token create --role admin`, or say "
        "--insecure-plain-network to do without",
        options.address);
  return {};
}

/// Tells what happens to jobs to the figures, and to somebody else where there is one.
class ObserverPair final : public LabObserver {
 public:
  ObserverPair(LabObserver& first, LabObserver* second) : first_(first), second_(second) {}

  void job_started(JobId job, AttemptId attempt, std::chrono::nanoseconds waited) override {
    first_.job_started(job, attempt, waited);
    if (second_ != nullptr) second_->job_started(job, attempt, waited);
  }
  void job_ended(JobId job, Verdict verdict, const std::string& reason,
                 const AttemptReport* report) override {
    first_.job_ended(job, verdict, reason, report);
    if (second_ != nullptr) second_->job_ended(job, verdict, reason, report);
  }
  void run_ended(RunId run) override {
    first_.run_ended(run);
    if (second_ != nullptr) second_->run_ended(run);
  }

 private:
  LabObserver& first_;
  LabObserver* second_;
};

/// Everything there is, in the order in which it depends on one another.
class RunningService final : public Service {
 public:
  struct Opened {
    FileLock lock;
    Store writer;
    StoreReader reader;
    Store tokens;
    Store upkeep;
    std::shared_ptr<TlsServerContext> tls;
    bool any_token = false;
  };

  RunningService(asio::any_io_executor executor, ServiceOptions options, const Catalog& catalog,
                 ServiceLog& log, Opened opened)
      : executor_(executor),
        options_(std::move(options)),
        log_(log),
        lock_(std::move(opened.lock)),
        tls_(std::move(opened.tls)),
        newest_(opened.writer.last_event()),
        writer_(executor, std::move(opened.writer)),
        reader_(std::move(opened.reader)),
        events_(executor, newest_),
        consoles_(executor, console_folder(options_.state)),
        artifacts_(artifact_folder(options_.state)),
        observers_(metrics_, options_.observer),
        lab_(executor, writer_, consoles_, lab_options(), &observers_),
        gates_(executor, {lab_, writer_, reader_, events_, options_.version}, catalog,
               [this](const std::string& what) { warn(what); }),
        parts_{lab_,
               writer_,
               reader_,
               events_,
               consoles_,
               artifacts_,
               catalog,
               metrics_,
               files_,
               gates_,
               options_.data,
               options_.version,
               {.worker_paths = options_.worker_paths}},
        api_(parts_, std::move(opened.tokens),
             {.require_tokens = options_.require_tokens || opened.any_token,
              .without_token = options_.without_token,
              .rate = options_.rate,
              .rate_without = options_.rate_without}),
        upkeep_(std::move(opened.upkeep), artifacts_,
                {.keep_artifacts = options_.keep_artifacts, .keep_runs = options_.keep_runs}),
        server_(executor, server_options(),
                [this](HttpRequest& request) { return answer(request); }) {
    parts_.trouble = [this] { return trouble_; };
    parts_.connections = [this] { return server_.stats().connections; };
    parts_.still_valid = [this](TokenId token) { return api_.valid(token); };
    parts_.log_trouble = [this](const std::string& what) { warn(what); };
    writer_.on_events([this](std::vector<EventRow> events) { publish(std::move(events)); });
  }

  Result<void> listen() {
    const auto port = server_.listen(options_.address, options_.port);
    if (!port) return port.error();
    port_ = *port;
    return {};
  }

  std::uint16_t port() const override { return port_; }
  Lab& lab() override { return lab_; }
  StoreWriter& writer() override { return writer_; }
  ConsoleStore& consoles() override { return consoles_; }
  const ArtifactStore& artifacts() const override { return artifacts_; }
  const std::string& document() const override { return api_.document(); }

  void reload() override {
    if (!tls_) return;
    const auto loaded = tls_->reload();
    if (loaded)
      log_.info("event=certificate-reloaded");
    else
      warn(loaded.error().what + "; the old certificate stays in use");
  }

  Task<void> run() override {
    if (options_.take_up) co_await lab_.restore();
    log_.info(fmt::format("event=ready address={} port={} tls={} waiting={} running={}",
                          options_.address, port_, tls_ != nullptr, lab_.waiting(),
                          lab_.leases().size()));
    options_.on_ready();
    // The lab outlives the server: what requests have begun is carried out before it goes.
    TaskGroup beneath(executor_);
    beneath.spawn(lab_.run());
    beneath.spawn(look_after());
    if (options_.take_up) beneath.spawn(gates_.run());
    if (tls_) beneath.spawn(watch_certificate());
    std::exception_ptr ended;
    try {
      co_await server_.run();
    } catch (...) {
      ended = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    beneath.cancel();
    try {
      co_await beneath.join();
    } catch (const boost::system::system_error&) {  // cancelled, as it was asked to
    }
    log_.info("event=stopped");
    if (ended) std::rethrow_exception(ended);
  }

 private:
  Task<HttpResponse> answer(HttpRequest& request) {
    if (auto page = dashboard_answer(request)) co_return std::move(*page);
    co_return co_await api_.answer(request);
  }

  LabOptions lab_options() {
    LabOptions lab = options_.lab;
    lab.on_trouble = [this](const std::string& what) { warn(what); };
    return lab;
  }

  HttpServerOptions server_options() {
    HttpServerOptions server;
    server.tls = tls_;
    server.slow_client = options_.slow_client;
    server.body_limit = [this](std::string_view method, std::string_view target) {
      return api_.body_limit(method, target);
    };
    server.on_request = [this](const HttpExchange& exchange) {
      metrics_.request_answered(exchange.status, exchange.duration);
    };
    server.on_error = [this](std::string_view what) { warn(std::string(what)); };
    return server;
  }

  void publish(std::vector<EventRow> events) {
    metrics_.events_published(events.size(), now() - events.front().time);
    events_.publish(std::move(events));
  }

  void warn(const std::string& what) { log_.warning("event=trouble what=\"" + what + "\""); }

  Task<void> watch_certificate() {
    asio::steady_timer timer(executor_);
    for (;;) {
      timer.expires_after(kCertificateCheck);
      co_await timer.async_wait(asio::use_awaitable);
      const auto changed = tls_->reload_if_changed();
      if (!changed)
        warn(changed.error().what + "; the old certificate stays in use");
      else if (*changed)
        log_.info("event=certificate-reloaded");
    }
  }

  /// The store's integrity once, then the retention from time to time.
  Task<void> look_after() {
    asio::steady_timer timer(executor_);
    auto check = [this] { return upkeep_.check_integrity(); };
    const auto sound = co_await run_on(files_.get_executor(), check);
    if (!sound) {
      trouble_ = sound.error().what;
      warn(trouble_);
    }
    for (;;) {
      co_await forget_old();
      timer.expires_after(kUpkeepInterval);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  Task<void> forget_old() {
    try {
      const std::size_t files = co_await upkeep_.forget_old(writer_, files_.get_executor());
      if (files > 0) log_.info(fmt::format("event=retention files={}", files));
    } catch (const boost::system::system_error&) {
      throw;
    } catch (const std::exception& error) {
      warn(error.what());
    }
  }

  asio::any_io_executor executor_;
  ServiceOptions options_;
  ServiceLog& log_;
  FileLock lock_;
  std::shared_ptr<TlsServerContext> tls_;
  std::int64_t newest_;
  asio::thread_pool files_{2};
  StoreWriter writer_;
  StoreReader reader_;
  EventHub events_;
  ConsoleStore consoles_;
  ArtifactStore artifacts_;
  Metrics metrics_;
  ObserverPair observers_;
  Lab lab_;
  GateDesk gates_;
  ApiParts parts_;
  Api api_;
  Upkeep upkeep_;
  std::string trouble_;
  HttpServer server_;
  std::uint16_t port_ = 0;
};

bool has_token(Store& store) {
  for (const TokenRow& token : store.tokens()) {
    if (token.valid(now())) return true;
  }
  return false;
}

Result<RunningService::Opened> open_all(const ServiceOptions& options) {
  std::error_code refused;
  fs::create_directories(options.state, refused);
  if (refused)
    return lab_error(fmt::format("{}: {}; choose another folder with --state DIR",
                                 options.state.string(), refused.message()));
  FileLock lock = FileLock::attempt(options.state / "controller.lock");
  if (!lock.held())
    return lab_error(
        fmt::format("{}: another controller uses this folder; stop that one, or choose "
                    "another with --state DIR",
                    options.state.string()));
  const fs::path file = store_file(options.state);
  auto writer = Store::open(file, {.patience = kPatience});
  if (!writer) return writer.error();
  auto reader = StoreReader::open(file);
  if (!reader) return reader.error();
  auto tokens = Store::open_reader(file);
  if (!tokens) return tokens.error();
  auto upkeep = Store::open_reader(file);
  if (!upkeep) return upkeep.error();
  RunningService::Opened opened{std::move(lock),
                                std::move(*writer),
                                std::move(*reader),
                                std::move(*tokens),
                                std::move(*upkeep),
                                nullptr,
                                false};
  opened.any_token = has_token(opened.writer);
  if (const std::string why = exposure(options, opened.any_token); !why.empty())
    return scenario_error(why);
  if (!options.tls_certificate.empty()) {
    auto tls = TlsServerContext::make(options.tls_certificate, options.tls_key);
    if (!tls) return tls.error();
    opened.tls = std::move(*tls);
  }
  return opened;
}

}  // namespace

Result<std::unique_ptr<Service>> Service::start(asio::any_io_executor executor,
                                                ServiceOptions options, const Catalog& catalog,
                                                ServiceLog& log) {
  auto opened = open_all(options);
  if (!opened) return opened.error();
  auto service = std::make_unique<RunningService>(std::move(executor), std::move(options), catalog,
                                                  log, std::move(*opened));
  if (auto listening = service->listen(); !listening) return listening.error();
  return std::unique_ptr<Service>(std::move(service));
}

}  // namespace luolab
