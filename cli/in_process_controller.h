// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/console/console_store.h"
#include "controller/lab/lab.h"
#include "db/artifact_store.h"
#include "worker/lease/controller_api.h"

namespace luolab {

/// The controller for a worker in the same process: the same lab that `luolab controller` puts
/// behind HTTP, called directly. Everything is borrowed. What the store refuses is Fault::lab.
class InProcessController final : public ControllerApi {
 public:
  InProcessController(Lab& lab, const ArtifactStore& artifacts, ConsoleStore& consoles,
                      std::string worker)
      : lab_(lab), artifacts_(artifacts), consoles_(consoles), worker_(std::move(worker)) {}

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
  Lab& lab_;
  const ArtifactStore& artifacts_;
  ConsoleStore& consoles_;
  std::string worker_;
};

}  // namespace luolab
