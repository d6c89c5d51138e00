// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/http/client.h"
#include "worker/lease/controller_api.h"
#include "worker/lease/http_lane.h"

namespace luolab {

/// The controller over HTTP (docs/worker-protocol.md). A parked lease, heartbeats, other words
/// (hello, report, builds), consoles, uploads and downloads have a connection each, so that what
/// renews the leases waits for nothing else. A heartbeat that is not answered within the interval
/// has failed: its connection is dead, and the next one makes a new one. Fault::bug
/// where the controller will never take what it is given. One thread.
class HttpController final : public ControllerApi {
 public:
  /// `worker`: its name. Fault::scenario where URL or CA file are no good.
  static Result<std::unique_ptr<HttpController>> make(asio::any_io_executor executor,
                                                      const HttpClientOptions& options,
                                                      std::string worker);

  Task<Result<WorkerWelcome>> hello(const WorkerHello& hello) override;
  Task<Result<std::optional<LeaseGrant>>> lease(const LeaseRequest& request) override;
  Task<Result<HeartbeatAnswer>> heartbeat(const Heartbeat& heartbeat) override;
  Task<Result<Delivery>> report(std::int64_t attempt, const AttemptReport& report) override;
  Task<Result<ConsoleTaken>> console(std::int64_t attempt, std::uint64_t offset,
                                     std::string_view bytes) override;
  Task<Result<Delivery>> put_artifact(std::int64_t attempt, const std::filesystem::path& file,
                                      const std::string& sha256) override;
  Task<Result<void>> get_artifact(const std::string& sha256,
                                  const std::filesystem::path& file) override;
  Task<Result<void>> build_done(const std::string& key, std::int64_t attempt,
                                const std::string& artifact, const std::string& failure) override;

 private:
  struct Lanes {
    HttpLane lease, beat, words, console, upload, download;
  };
  HttpController(std::string worker, Lanes lanes);
  Task<Result<HttpReply>> send_json(HttpLane& lane, std::string method, std::string target,
                                    std::string body, std::chrono::nanoseconds limit);
  std::string worker_target(std::string_view rest) const;

  std::string worker_;
  Lanes lanes_;
  std::chrono::nanoseconds interval_;  ///< of heartbeats, as the controller said last
};

}  // namespace luolab
