// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/lease.h"
#include "core/protocol/report.h"

namespace luolab {

/// The controller, as a worker sees it: over HTTP, in the same process (`luolab run`), or a fake.
/// Every call may be repeated: it then gives the same answer and changes nothing a second time.
/// Fault::lab where the controller can't be reached or is in trouble (try again later),
/// Fault::scenario where it refuses the worker itself (token, name): trying again is of no use.
/// Cancelling ends a call at once; whether it took effect is not known then. One thread.
class ControllerApi {
 public:
  virtual ~ControllerApi() = default;
  /// A worker that says hello under the name of another token's worker is refused.
  virtual Task<Result<WorkerWelcome>> hello(const WorkerHello& hello) = 0;
  /// Nothing: there was no work for so long.
  virtual Task<Result<std::optional<LeaseGrant>>> lease(const LeaseRequest& request) = 0;
  virtual Task<Result<HeartbeatAnswer>> heartbeat(const Heartbeat& heartbeat) = 0;
  /// The last word on an attempt. Its artifacts must be there already.
  virtual Task<Result<Delivery>> report(std::int64_t attempt, const AttemptReport& report) = 0;
  /// The bytes of an attempt's console from `offset` on; what is there already is passed over.
  /// Returns up to where the controller has it: less than offset + size where bytes before are
  /// missing. Refused deliveries (stale) return `refused`.
  struct ConsoleTaken {
    Delivery delivery = Delivery::taken;
    std::uint64_t size_bytes = 0;
  };
  virtual Task<Result<ConsoleTaken>> console(std::int64_t attempt, std::uint64_t offset,
                                             std::string_view bytes) = 0;
  /// Hands a file in under its digest, going on where an earlier try ended. Refused where the
  /// attempt that it belongs to is stale.
  virtual Task<Result<Delivery>> put_artifact(std::int64_t attempt,
                                              const std::filesystem::path& file,
                                              const std::string& sha256) = 0;
  /// Gets a file by its digest, going on where an earlier try ended; checked, and whole or not
  /// there.
  virtual Task<Result<void>> get_artifact(const std::string& sha256,
                                          const std::filesystem::path& file) = 0;
  /// Says that the archive of a build is among the artifacts; `failure` instead: it can't be built
  /// here, and others may try.
  virtual Task<Result<void>> build_done(const std::string& key, std::int64_t attempt,
                                        const std::string& artifact,
                                        const std::string& failure) = 0;
};

}  // namespace luolab
