// SPDX-License-Identifier: Apache-2.0
#include "worker/run/fork.h"

#include <algorithm>

#include "worker/run/conversation.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

bool has_kernels(const MachineTemplate& origin, const AttemptSetup& setup) {
  return std::ranges::all_of(incoming_builds(setup), [&](const KernelBuild& build) {
    return std::ranges::find(origin.incoming, build.digest) != origin.incoming.end();
  });
}

Measurement start_measurement(Clock::duration took, StartPoint point) {
  return {-1, "fork.start", std::chrono::duration<double>(took).count(), "s",
          "from asking for a fork of the " + start_point_name(point) + " machine until it runs"};
}

}  // namespace

AttemptSecrets secrets_of_fork(const MachineTemplate& origin) {
  AttemptSecrets secrets = AttemptSecrets::fresh();
  if (origin.point != StartPoint::booted) secrets.seed = origin.secrets.seed;
  if (origin.point == StartPoint::handed_over) secrets.nonce = origin.secrets.nonce;
  return secrets;
}

Task<std::optional<AttemptReport>> run_forked(AttemptSetup setup,
                                              std::shared_ptr<const MachineTemplate> origin,
                                              fs::path scratch) {
  const auto asked = Clock::now();
  QemuOptions options = setup.options();
  const BootSpec boot = setup.boot(origin->initramfs(), scratch);
  if (machine_shape(options, boot) != origin->shape || !has_kernels(*origin, setup)) {
    co_return std::nullopt;
  }
  options.memory_file = MemoryFile{origin->memory.path(), false};
  options.await_state = true;
  fs::copy_file(origin->console(), boot.console_file, fs::copy_options::overwrite_existing);
  const auto executor = co_await asio::this_coro::executor;
  QemuTarget target(executor, std::move(options));
  if (const auto started = co_await target.start(boot); !started) co_return std::nullopt;
  const fs::path state = origin->state();
  if (const auto resumed = co_await target.resume(state); !resumed) co_return std::nullopt;
  const auto running = Clock::now();

  auto prepare = [&] { return make_plan(setup, secrets_of_fork(*origin), &origin->contents); };
  const RunPlan plan = co_await run_on(setup.context.blocking.get_executor(), std::move(prepare));
  const Transcript before = origin->transcript.shifted_to(Clock::now());
  RunMachine machine(plan, before.power_on());
  std::optional<std::string> due;
  if (!before.replay(machine, due)) co_return std::nullopt;
  // Only now is it sure that the job goes on here, and its console with it.
  if (setup.context.on_console) setup.context.on_console(boot.console_file);
  const StartPoint point = origin->point;
  origin.reset();
  co_await target.send(std::move(*due));
  co_await converse(target, machine, setup.context);
  AttemptReport report = machine.report();
  keep_page_map(machine, scratch);
  report.accel = target.accel();
  report.start = point;
  report.measurements.push_back(start_measurement(running - asked, point));
  co_return report;
}

}  // namespace luolab
