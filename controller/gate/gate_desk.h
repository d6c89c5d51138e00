// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "controller/gate/fleet_gate_runner.h"
#include "controller/gate/gate_order.h"
#include "core/async/signal.h"
#include "core/async/task_group.h"
#include "kernel-patches/catalog.h"

namespace luolab {

/// The gates of a controller: started on demand, taken up again after a restart. Everything is
/// borrowed. One thread.
class GateDesk {
 public:
  GateDesk(asio::any_io_executor executor, GateGround ground, const Catalog& catalog,
           std::function<void(const std::string&)> on_trouble);
  ~GateDesk();

  /// Stores a gate and begins it; it is on disk when this returns. The order's documents make a
  /// suite without errors that has at least one case.
  Task<GateId> start(GateOrder order, std::string submitter);
  /// Ends a gate and its jobs. False where it does not run.
  Task<bool> cancel(GateId gate, std::string reason);
  /// Takes up the gates that ran when the controller ended, then waits until it is cancelled; their
  /// jobs go on.
  Task<void> run();

 private:
  struct Running {
    explicit Running(const asio::any_io_executor& executor) : canceled(executor) {}
    Signal canceled;
  };

  void begin(GateId gate, GateOrder order, std::string submitter);
  Task<void> carry_out(GateId gate, GateOrder order, std::string submitter,
                       std::shared_ptr<Running> running);
  Task<bool> answer(GateId gate, GateOrder order, std::string submitter);
  static Task<std::string> trouble_of(Task<bool> work);
  static Task<bool> wait_for(std::shared_ptr<Running> running);
  Task<void> give_up(GateId gate, std::string reason);

  asio::any_io_executor executor_;
  GateGround ground_;
  const Catalog& catalog_;
  std::function<void(const std::string&)> on_trouble_;
  std::map<GateId, std::shared_ptr<Running>> running_;
  TaskGroup tasks_;
};

}  // namespace luolab
