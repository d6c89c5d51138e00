// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "worker/target/qemu_command.h"
#include "worker/target/target.h"

namespace luolab {

/// A QEMU process as the machine. See Target for ownership and threads.
/// QEMU dies with this object and with luolab, however luolab ends.
class QemuTarget final : public Target {
 public:
  QemuTarget(asio::any_io_executor executor, QemuOptions options);
  ~QemuTarget() override;

  Task<Result<void>> start(const BootSpec& spec) override;
  Task<TargetEvent> next_event() override;
  Task<Result<void>> send(std::string line) override;
  Task<bool> responds() override;
  Task<Result<void>> cut_power() override;
  std::string keeper() const override { return "QEMU"; }
  std::chrono::nanoseconds waited_for_cpu() const override;
  std::string accel() const override { return options_.accel; }

  /// One command to QEMU's monitor and its answer (QEMU docs/interop/qemu-qmp-ref).
  /// Fault::lab where QEMU refuses or is gone.
  Task<Result<boost::json::value>> monitor(std::string_view command,
                                           boost::json::object arguments = {});

  /// Writes the machine's state without its memory, which stays in the memory file, and ends the
  /// machine: `gone` follows. Needs options.memory_file, shared.
  Task<Result<void>> save(const std::filesystem::path& state_file);

  /// Lets a machine that was started with `await_state` go on from a saved state.
  Task<Result<void>> resume(const std::filesystem::path& state_file);

 private:
  struct Machine;  ///< shared with the readers of its links, which end when it is switched off
  QemuOptions options_;
  asio::any_io_executor executor_;
  std::shared_ptr<Machine> machine_;
};

}  // namespace luolab
