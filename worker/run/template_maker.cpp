// SPDX-License-Identifier: Apache-2.0
#include "worker/run/template_maker.h"

#include <algorithm>

#include "core/base/file.h"
#include "worker/run/conversation.h"
#include "worker/target/console_tail.h"
#include "worker/target/host_memory.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// What is left to the host's other work when a machine is saved.
constexpr std::uint64_t kSpareMemoryBytes = std::uint64_t{512} << 20;
constexpr std::chrono::seconds kGoneDeadline{30};

/// The kernels that machines of this kind go to, as far as they can be built: the others' own
/// attempts say why not.
Task<std::vector<KernelBuild>> build_incoming(const AttemptSetup& setup, const TemplateWish& wish) {
  std::vector<KernelBuild> incoming = incoming_builds(setup);
  for (const KernelSpec& kernel : wish.incoming) {
    const std::string title = kernel_title(kernel);
    const auto tell = [&](const BuildProgress& progress) {
      setup.context.on_activity(title + ": " + progress.stage);
    };
    Task<BuildResult> building = setup.context.builder.build(kernel, tell);
    auto built = co_await within(setup.job.timeouts.build, std::move(building));
    if (!built) continue;
    if (!*built) {
      if (built->error().error.fault != Fault::canceled) continue;
      throw boost::system::system_error(asio::error::operation_aborted);
    }
    if (std::ranges::find(incoming, (*built)->digest, &KernelBuild::digest) == incoming.end()) {
      incoming.push_back(std::move(**built));
    }
  }
  co_return incoming;
}

Result<void> begin_files(MachineTemplate& made, const TemplateRef& base,
                         std::span<const KernelBuild> incoming, const AttemptContext& context) {
  if (base) {
    fs::copy_file(base->console(), made.console());
    fs::create_hard_link(base->initramfs(), made.initramfs());
    made.incoming = base->incoming;
    return {};
  }
  const auto initramfs = write_initramfs(context, incoming, {}, made.folder->path());
  if (!initramfs) return initramfs.error();
  for (const KernelBuild& build : incoming) made.incoming.push_back(build.digest);
  return {};
}

/// Lets the machine end and hears it out: what it still says belongs to the template.
Task<bool> hear_out(QemuTarget& target, RunMachine& machine, MachineTemplate& made) {
  for (;;) {
    Task<TargetEvent> next = target.next_event();
    auto event = co_await within(kGoneDeadline, std::move(next));
    if (!event) co_return false;
    if (event->kind == TargetEvent::Kind::gone) break;
    if (event->kind != TargetEvent::Kind::console_line) co_return false;
    machine.on_event(*event);
    made.transcript.add(std::move(*event), std::nullopt);
  }
  // A line that was cut off is told whole by the machines that go on.
  const ConsoleTail tail = console_tail(made.console());
  if (!tail.bytes.empty()) made.transcript.drop_console_line(tail.offset);
  co_return machine.at(made.point);
}

/// From the start of the machine to its saved state.
Task<bool> bring_to_point(AttemptSetup& setup, const TemplateRef& base, MachineTemplate& made) {
  QemuOptions options = setup.options();
  options.memory_file = MemoryFile{made.memory.path(), true};
  options.await_state = base != nullptr;
  const BootSpec boot = setup.boot(made.initramfs(), made.folder->path());
  made.shape = machine_shape(options, boot);
  const auto executor = co_await asio::this_coro::executor;
  QemuTarget target(executor, std::move(options));
  const auto power_on = Clock::now();
  if (const auto started = co_await target.start(boot); !started) co_return false;
  if (base) {
    const fs::path state = base->state();
    if (const auto resumed = co_await target.resume(state); !resumed) co_return false;
  }
  made.secrets = base ? base->secrets : AttemptSecrets::fresh();
  auto prepare = [&] { return make_plan(setup, made.secrets); };
  const RunPlan plan = co_await run_on(setup.context.blocking.get_executor(), std::move(prepare));
  made.contents = contents_of(plan);
  made.transcript = base ? base->transcript.shifted_to(Clock::now()) : Transcript(power_on);
  RunMachine machine(plan, made.transcript.power_on());
  if (base) {
    std::optional<std::string> due;
    if (!made.transcript.replay(machine, due)) co_return false;
    made.transcript.set_due(*due);
    co_await target.send(std::move(*due));
  }
  const bool there =
      co_await converse_until(made.point, target, machine, setup.context, made.transcript);
  if (!there) co_return false;
  const fs::path state = made.state();
  if (const auto saved = co_await target.save(state); !saved) co_return false;
  const bool sound = co_await hear_out(target, machine, made);
  co_return sound;
}

Task<TemplateRef> try_to_make(AttemptSetup setup, TemplateWish wish, TemplateRef base) {
  const std::uint64_t memory_bytes = setup.job.target.memory_bytes;
  if (available_memory_bytes() < 2 * memory_bytes + kSpareMemoryBytes) co_return nullptr;
  std::vector<KernelBuild> incoming;
  if (!base) incoming = co_await build_incoming(setup, wish);
  setup.context.on_activity("making a machine to fork");
  auto made = std::make_shared<MachineTemplate>();
  made->point = wish.point;
  made->folder = std::make_unique<WorkArea>(CacheFolder{setup.context.cache});
  if (base) {
    auto copy = [&] { return base->memory.copy(); };
    made->memory = co_await run_on(setup.context.blocking.get_executor(), std::move(copy));
  } else {
    made->memory = GuestMemory(memory_bytes);
  }
  if (!begin_files(*made, base, incoming, setup.context)) co_return nullptr;
  const bool there = co_await bring_to_point(setup, base, *made);
  if (!there) co_return nullptr;
  co_return made;
}

}  // namespace

std::vector<std::string> machine_shape(QemuOptions options, BootSpec boot) {
  options.memory_file.reset();
  options.await_state = false;
  options.survive_reset = false;
  boot.name.clear();
  boot.initrd.clear();
  boot.console_file.clear();
  return qemu_arguments(options, boot);
}

Task<TemplateRef> make_template(AttemptSetup setup, TemplateWish wish, TemplateRef base) {
  try {
    co_return co_await try_to_make(setup, std::move(wish), std::move(base));
  } catch (const boost::system::system_error&) {
    throw;  // cancelled
  } catch (const std::exception&) {
    // No memory, no disk: whether that matters shows when the job starts from power-on.
  }
  co_return nullptr;
}

}  // namespace luolab
