// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/service_client.h"
#include "worker/fleet/fleet_controller.h"

namespace luolab {

/// A controller that is asked by its API, with a token of role admin.
class ServiceFleet : public FleetController {
 public:
  /// Fault::scenario where the flags are no good. `drain_limit`: for a worker's attempts to end.
  static Result<std::unique_ptr<ServiceFleet>> make(asio::any_io_executor executor,
                                                    const ServiceFlags& flags,
                                                    std::chrono::seconds drain_limit);

  Task<Result<IssuedToken>> issue_token(std::string worker) override;
  Task<Result<void>> revoke_token(std::string id) override;
  Task<Result<bool>> drain(std::string worker) override;
  Task<Result<void>> until_idle(std::string worker) override;
  Task<Result<void>> resume(std::string worker) override;
  Task<Result<void>> forget(std::string worker) override;

 private:
  ServiceFleet(asio::any_io_executor executor, ServiceFlags flags, std::chrono::seconds drain_limit)
      : executor_(std::move(executor)), flags_(std::move(flags)), drain_limit_(drain_limit) {}
  Task<Result<boost::json::object>> ask(ServiceRequest request);
  Task<Result<boost::json::object>> worker(std::string name);
  Task<Result<void>> set_state(std::string worker, std::string state);

  asio::any_io_executor executor_;
  ServiceFlags flags_;
  std::chrono::seconds drain_limit_;
};

}  // namespace luolab
