// SPDX-License-Identifier: Apache-2.0
#include "worker/target/qemu_target.h"

#include <sys/socket.h>

#include <cerrno>
#include <map>
#include <optional>
#include <system_error>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/async/process.h"
#include "core/base/unique_fd.h"
#include "core/protocol/json_fields.h"
#include "worker/target/console_tail.h"
#include "worker/target/cpu_wait.h"
#include "worker/target/event_queue.h"
#include "worker/target/qmp.h"

namespace luolab {
namespace {

using Socket = asio::local::stream_protocol::socket;

constexpr std::size_t kLongestLine = std::size_t{2} << 20;
constexpr std::size_t kLongestConsoleLine = std::size_t{16} << 10;
constexpr std::chrono::seconds kMonitorDeadline{30};

/// Our end as a socket, QEMU's as a descriptor to inherit.
struct Link {
  explicit Link(const asio::any_io_executor& executor) : ours(executor) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    ours.assign(asio::local::stream_protocol(), ends[0]);
    theirs.reset(ends[1]);
  }
  Socket ours;
  UniqueFd theirs;
};

/// Reads lines until the other end closes or the link is cut. `on_line(line, offset of its start)`.
/// `pending` is the beginning of the first line, as far as it was there before, at `offset`.
template <class OnLine>
Task<void> read_lines(Socket& socket, std::size_t longest, OnLine on_line, std::string pending = {},
                      std::uint64_t offset = 0) {
  std::string block(std::size_t{1} << 16, '\0');
  for (;;) {
    boost::system::error_code error;
    const std::size_t got = co_await socket.async_read_some(
        asio::buffer(block), asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    pending.append(block, 0, got);
    std::size_t start = 0;
    for (std::size_t end; (end = pending.find('\n', start)) != std::string::npos; start = end + 1) {
      std::string line = pending.substr(start, end - start);
      co_await on_line(std::move(line), offset + start);
    }
    if (pending.size() - start > longest) {
      std::string line = pending.substr(start);
      co_await on_line(std::move(line), offset + start);
      start = pending.size();
    }
    pending.erase(0, start);
    offset += start;
  }
  if (!pending.empty()) co_await on_line(std::move(pending), offset);
}

// Events are named before they are awaited: GCC 12 breaks braces within a co_await expression.
TargetEvent event_now(TargetEvent::Kind kind, TargetEvent::By by, std::string text,
                      std::uint64_t offset = 0) {
  return {kind, by, std::move(text), offset, std::chrono::steady_clock::now()};
}

/// Who asked QEMU to end or reset, from the reason it gives (qapi/run-state.json, ShutdownCause).
TargetEvent::By who(const std::string& reason) {
  if (reason.starts_with("guest-")) return TargetEvent::By::guest;
  return reason.empty() ? TargetEvent::By::nobody : TargetEvent::By::host;
}

struct PendingReply {
  explicit PendingReply(const asio::any_io_executor& executor)
      : arrived(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer arrived;
  std::optional<qmp::Reply> reply;
};

}  // namespace

/// The machine and its links. The readers hold it, so that it lives until the last has ended.
struct QemuTarget::Machine {
  explicit Machine(const asio::any_io_executor& executor)
      : console(executor),
        agent(executor),
        monitor(executor),
        errors(executor),
        events(executor),
        migrated(executor, asio::steady_timer::time_point::max()) {}

  Link console;
  Link agent;
  Link monitor;
  Link errors;  ///< QEMU's standard error
  EventQueue events;
  std::optional<Process> process;
  std::string last_error;       ///< the end of what QEMU said on standard error
  std::string shutdown_reason;  ///< as QEMU gave it
  std::string migration_status;
  asio::steady_timer migrated;  ///< cancelled when the status changes
  std::map<std::uint64_t, PendingReply> replies;
  std::uint64_t last_command = 0;
  int open_links = 0;

  void cut() {
    process.reset();
    for (Link* link : {&console, &agent, &monitor, &errors}) {
      boost::system::error_code ignored;
      link->ours.close(ignored);
    }
  }

  static Task<void> follow_console(std::shared_ptr<Machine> self, ConsoleTail before) {
    const auto on_line = [&](std::string line, std::uint64_t offset) -> Task<void> {
      if (line.ends_with('\r')) line.pop_back();
      TargetEvent event = event_now(TargetEvent::Kind::console_line, TargetEvent::By::nobody,
                                    std::move(line), offset);
      co_await self->events.push(std::move(event));
    };
    co_await read_lines(self->console.ours, kLongestConsoleLine, on_line, std::move(before.bytes),
                        before.offset);
    co_await self->link_ended();
  }

  static Task<void> follow_agent(std::shared_ptr<Machine> self) {
    co_await read_lines(
        self->agent.ours, kLongestLine, [&](std::string line, std::uint64_t) -> Task<void> {
          TargetEvent event =
              event_now(TargetEvent::Kind::agent_line, TargetEvent::By::nobody, std::move(line));
          co_await self->events.push(std::move(event));
        });
    co_await self->link_ended();
  }

  static Task<void> follow_errors(std::shared_ptr<Machine> self) {
    co_await read_lines(self->errors.ours, kLongestLine,
                        [&](std::string line, std::uint64_t) -> Task<void> {
                          self->last_error = std::move(line);
                          co_return;
                        });
    co_await self->link_ended();
  }

  static Task<void> follow_monitor(std::shared_ptr<Machine> self) {
    co_await read_lines(self->monitor.ours, kLongestLine,
                        [&](std::string line, std::uint64_t) -> Task<void> {
                          qmp::Message message = qmp::read(line);
                          co_await self->take(std::move(message));
                        });
    for (auto& [id, pending] : self->replies) pending.arrived.cancel();
    self->migrated.cancel();
    co_await self->link_ended();
  }

  Task<void> take(qmp::Message message) {
    if (const auto* event = std::get_if<qmp::Event>(&message)) co_await take_event(*event);
    if (auto* reply = std::get_if<qmp::Reply>(&message)) {
      const auto pending = replies.find(reply->id);
      if (pending == replies.end()) co_return;
      pending->second.reply = std::move(*reply);
      pending->second.arrived.cancel();
    }
  }

  Task<void> take_event(const qmp::Event& event) {
    if (event.name == "SHUTDOWN") shutdown_reason = text_at(event.data, "reason");
    if (event.name == "RESET") {
      const std::string reason = text_at(event.data, "reason");
      TargetEvent reset = event_now(TargetEvent::Kind::reset, who(reason), reason);
      co_await events.push(std::move(reset));
    }
    if (event.name == "MIGRATION") {
      migration_status = text_at(event.data, "status");
      migrated.cancel();
    }
  }

  /// Until QEMU says that it has written, or read, a machine's state.
  Task<Result<void>> await_migration() {
    migrated.expires_after(kMonitorDeadline);
    while (migration_status != "completed") {
      if (migration_status == "failed")
        co_return lab_error("QEMU's migration failed: " + last_error);
      if (open_links < 4) co_return lab_error("QEMU ended in the middle: " + last_error);
      if (migrated.expiry() <= std::chrono::steady_clock::now())
        co_return lab_error("QEMU was too slow");
      boost::system::error_code woken;
      co_await migrated.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    co_return Result<void>();
  }

  /// The last link to end reports the machine as gone: by then every byte it wrote was read.
  Task<void> link_ended() {
    if (--open_links > 0 || !process) co_return;
    const int exit_code = co_await process->wait();
    std::string text = shutdown_reason;
    if (text.empty()) {
      text = exit_code > 128 ? fmt::format("QEMU was killed by signal {}", exit_code - 128)
                             : fmt::format("QEMU exited with code {}", exit_code);
      if (!last_error.empty()) text += ": " + last_error;
    }
    const auto by = shutdown_reason.empty() ? TargetEvent::By::host : who(shutdown_reason);
    TargetEvent gone = event_now(TargetEvent::Kind::gone, by, text);
    co_await events.push(std::move(gone));
  }
};

QemuTarget::QemuTarget(asio::any_io_executor executor, QemuOptions options)
    : options_(std::move(options)), executor_(std::move(executor)) {}

QemuTarget::~QemuTarget() {
  if (machine_) machine_->cut();
}

Task<Result<void>> QemuTarget::start(const BootSpec& spec) {
  machine_ = std::make_shared<Machine>(executor_);
  ConsoleTail before = console_tail(spec.console_file);
  Machine& machine = *machine_;
  ProcessSpec qemu{.program = options_.program,
                   .arguments = qemu_arguments(options_, spec),
                   .descriptors = {{1, machine.errors.theirs.get()},
                                   {2, machine.errors.theirs.get()},
                                   {QemuSockets::kConsole, machine.console.theirs.get()},
                                   {QemuSockets::kAgent, machine.agent.theirs.get()},
                                   {QemuSockets::kMonitor, machine.monitor.theirs.get()}}};
  if (options_.network >= 0) {
    qemu.descriptors.emplace(QemuSockets::kNetwork, options_.network);
  }
  auto process = Process::start(executor_, qemu);
  for (Link* link : {&machine.console, &machine.agent, &machine.monitor, &machine.errors}) {
    link->theirs.reset();
  }
  if (!process) co_return process.error();
  machine.process.emplace(std::move(*process));

  // The readers own the machine with us and end when its links are cut.
  const auto rethrow = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  machine.open_links = 4;
  asio::co_spawn(executor_, Machine::follow_console(machine_, std::move(before)), rethrow);
  asio::co_spawn(executor_, Machine::follow_agent(machine_), rethrow);
  asio::co_spawn(executor_, Machine::follow_errors(machine_), rethrow);
  asio::co_spawn(executor_, Machine::follow_monitor(machine_), rethrow);
  const auto ready = co_await monitor("qmp_capabilities");
  // A QEMU that refuses its arguments says why in the `gone` event.
  if (!ready && machine.process && machine.last_error.empty()) co_return ready.error();
  co_return Result<void>();
}

Task<Result<void>> QemuTarget::cut_power() {
  const auto quit = co_await monitor("quit");
  if (!quit) co_return quit.error();
  co_return Result<void>();
}

Task<TargetEvent> QemuTarget::next_event() { co_return co_await machine_->events.pop(); }

Task<Result<void>> QemuTarget::send(std::string line) {
  line += '\n';
  boost::system::error_code error;
  co_await asio::async_write(machine_->agent.ours, asio::buffer(line),
                             asio::redirect_error(asio::use_awaitable, error));
  if (error)
    co_return Error{Fault::lab, error, "the link to the agent is down: " + error.message()};
  co_return Result<void>();
}

std::chrono::nanoseconds QemuTarget::waited_for_cpu() const {
  return machine_ && machine_->process ? cpu_wait_of(machine_->process->pid())
                                       : std::chrono::nanoseconds{};
}

Task<bool> QemuTarget::responds() {
  const auto status = co_await monitor("query-status");
  co_return status.has_value();
}

Task<Result<boost::json::value>> QemuTarget::monitor(std::string_view command,
                                                     boost::json::object arguments) {
  const std::shared_ptr<Machine> machine = machine_;
  const std::uint64_t id = ++machine->last_command;
  const std::string name(command);
  const std::string line = qmp::command(id, command, std::move(arguments)) + "\n";
  PendingReply& pending = machine->replies.try_emplace(id, executor_).first->second;
  pending.arrived.expires_after(kMonitorDeadline);
  boost::system::error_code error;
  co_await asio::async_write(machine->monitor.ours, asio::buffer(line),
                             asio::redirect_error(asio::use_awaitable, error));
  if (!error && !pending.reply) {
    co_await pending.arrived.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  const std::optional<qmp::Reply> reply = std::move(pending.reply);
  machine->replies.erase(id);
  if (!reply) co_return lab_error(fmt::format("QEMU did not answer the monitor command {}", name));
  if (!reply->ok) co_return lab_error(fmt::format("QEMU refused {}: {}", name, reply->error));
  co_return reply->result;
}

namespace {

/// "x-ignore-shared": memory in a shared file is not copied into the state. "events": QEMU tells
/// when it is done.
boost::json::object migration_capabilities() {
  boost::json::array wanted;
  for (const char* name : {"x-ignore-shared", "events"}) {
    wanted.push_back(boost::json::object{{"capability", name}, {"state", true}});
  }
  return {{"capabilities", std::move(wanted)}};
}

// QEMU runs this through a shell, hence the quotes.
std::string quoted(const std::filesystem::path& path) {
  std::string text = "'";
  for (const char c : path.string()) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

Task<Result<void>> QemuTarget::save(const std::filesystem::path& state_file) {
  const std::shared_ptr<Machine> machine = machine_;
  if (const auto stopped = co_await monitor("stop"); !stopped) co_return stopped.error();
  auto capabilities = migration_capabilities();
  const auto capable = co_await monitor("migrate-set-capabilities", std::move(capabilities));
  if (!capable) co_return capable.error();
  boost::json::object to{{"uri", "exec:cat > " + quoted(state_file)}};
  if (const auto begun = co_await monitor("migrate", std::move(to)); !begun)
    co_return begun.error();
  if (const auto done = co_await machine->await_migration(); !done) {
    co_return in_context("saving to " + state_file.string(), done.error());
  }
  if (const auto quit = co_await monitor("quit"); !quit) co_return quit.error();
  co_return Result<void>();
}

Task<Result<void>> QemuTarget::resume(const std::filesystem::path& state_file) {
  const std::shared_ptr<Machine> machine = machine_;
  auto capabilities = migration_capabilities();
  const auto capable = co_await monitor("migrate-set-capabilities", std::move(capabilities));
  if (!capable) co_return capable.error();
  boost::json::object from{{"uri", "exec:cat " + quoted(state_file)}};
  if (const auto begun = co_await monitor("migrate-incoming", std::move(from)); !begun) {
    co_return begun.error();
  }
  // Only then: QEMU keeps the state's own "paused", whatever it was told while it loads.
  if (const auto done = co_await machine->await_migration(); !done) {
    co_return in_context("resuming from " + state_file.string(), done.error());
  }
  if (const auto going = co_await monitor("cont"); !going) co_return going.error();
  co_return Result<void>();
}

}  // namespace luolab
