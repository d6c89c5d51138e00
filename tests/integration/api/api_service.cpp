// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/api_service.h"

#include <stdexcept>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace luolab {

std::string KeptLog::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

void KeptLog::keep(const std::string& line) {
  const std::lock_guard lock(mutex_);
  text_ += line + "\n";
  changed_.notify_all();
}

bool KeptLog::wait_for(const std::string& part) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return text_.find(part) != std::string::npos; });
}

const Catalog& shipped_catalog() {
  static const Catalog catalog = Catalog::load(LUOLAB_SOURCE_DIR).value();
  return catalog;
}

struct ApiService::Parts {
  asio::io_context io{1};
  asio::cancellation_signal cancelling;
  std::unique_ptr<Service> service;
  std::promise<void> ready;
};

ApiService::ApiService(std::filesystem::path state, ServiceOptions options, KeptLog& log)
    : parts_(std::make_unique<Parts>()) {
  options.state = std::move(state);
  options.version = "test";
  options.data = LUOLAB_SOURCE_DIR;
  options.on_ready = [parts = parts_.get()] { parts->ready.set_value(); };
  auto started = Service::start(parts_->io.get_executor(), options, shipped_catalog(), log);
  if (!started) throw std::runtime_error(started.error().what);
  parts_->service = std::move(*started);
  port_ = parts_->service->port();
  document_ = parts_->service->document();
  auto ended = [&log](const std::exception_ptr& failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const boost::system::system_error&) {  // cancelled
    } catch (const std::exception& error) {
      log.warning(std::string("the service failed: ") + error.what());
    }
  };
  asio::co_spawn(parts_->io, parts_->service->run(),
                 asio::bind_cancellation_slot(parts_->cancelling.slot(), ended));
  auto ready = parts_->ready.get_future();
  thread_ = std::thread([parts = parts_.get()] { parts->io.run(); });
  if (ready.wait_for(kPatience) != std::future_status::ready)
    log.warning("the service was not ready in time");
}

ApiService::~ApiService() { stop(); }

void ApiService::stop() {
  if (!thread_.joinable()) return;
  asio::post(parts_->io,
             [parts = parts_.get()] { parts->cancelling.emit(asio::cancellation_type::terminal); });
  thread_.join();
  parts_->service.reset();
}

}  // namespace luolab
