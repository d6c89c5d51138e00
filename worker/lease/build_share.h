// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/signal.h"
#include "core/async/task_group.h"
#include "worker/kernel/kernel_builder.h"
#include "worker/lease/controller_api.h"
#include "worker/lease/lease_clock.h"
#include "worker/lease/shared_builds.h"

namespace luolab {

/// How a fleet builds a kernel once: gets builds that others made before an attempt, and hands in
/// what was built here, beside the attempt. All of it is help only: where it fails, the attempt
/// builds by itself. Borrows api and clock; `end` before it goes. One thread.
class BuildShare {
 public:
  /// How long a controller that is away is waited for before a kernel is built here after all.
  static constexpr std::chrono::minutes kPatience{2};

  BuildShare(asio::any_io_executor executor, asio::any_io_executor blocking, ControllerApi& api,
             LeaseClock& clock, CacheFolder cache);

  /// Gets the builds that the grant offers and that are not here. Cancelling ends it.
  Task<void> obtain(const LeaseGrant& grant, std::function<void(std::string_view)> on_activity);
  /// A build of the fleet that is here.
  std::optional<KernelBuild> find(const KernelSpec& kernel) const;
  /// Tells the controller of a build that the grant asked for, or why there is none; goes on
  /// beside.
  void built(const LeaseGrant& grant, const KernelSpec& kernel, const BuildResult& result);

  /// Waits until nothing of this attempt is on its way any more.
  Task<bool> settle(std::int64_t attempt);
  /// Cancels what is on its way, and waits for its end.
  Task<void> end();
  /// Keys of the builds that are here.
  std::vector<std::string> keys() const { return builds_.keys(); }

 private:
  Task<bool> get(const BuildOffer& offer);
  Task<bool> get_alone(const BuildOffer& offer);
  Task<void> hand_in(std::int64_t attempt, std::string key, std::string failure);
  Task<Result<void>> upload(std::int64_t attempt, const std::string& key);
  Task<void> notify(std::int64_t attempt, const std::string& key, const std::string& artifact,
                    const std::string& failure);
  void begin_hand_in(std::int64_t attempt, const std::string& key, std::string failure);

  asio::any_io_executor blocking_;
  ControllerApi& api_;
  LeaseClock& clock_;
  CacheFolder cache_;
  SharedBuilds builds_;
  TaskGroup under_way_;
  std::map<std::int64_t, std::size_t> hand_ins_;  ///< attempt -> how many
  std::set<std::string> busy_;                    ///< artifacts that are being got
  std::set<std::string> handed_in_;               ///< keys
  Signal changed_;
};

}  // namespace luolab
