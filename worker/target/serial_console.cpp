// SPDX-License-Identifier: Apache-2.0
#include "worker/target/serial_console.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "core/async/process.h"
#include "core/base/unique_fd.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kAgain{1};
constexpr std::size_t kLongestLine = std::size_t{16} << 10;

}  // namespace

/// Shared with the coroutine that follows, which ends when `over` is set and the pipe closed.
struct SerialConsole::State {
  State(const asio::any_io_executor& where, std::string what, OnLine to)
      : executor(where),
        command(std::move(what)),
        on_line(std::move(to)),
        pipe(where),
        pause(where) {}

  void end() {
    over = true;
    process.reset();
    boost::system::error_code ignored;
    pipe.close(ignored);
    pause.cancel();
  }
  bool start();

  asio::any_io_executor executor;
  std::string command;
  OnLine on_line;
  asio::posix::stream_descriptor pipe;
  asio::steady_timer pause;
  std::optional<Process> process;
  bool over = false;
};

bool SerialConsole::State::start() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  pipe.assign(ends[0]);
  const UniqueFd theirs(ends[1]);
  auto started = Process::start(
      executor,
      {.program = "/bin/sh", .arguments = {"-c", command}, .descriptors = {{1, theirs.get()}}});
  if (!started) return false;
  process.emplace(std::move(*started));
  return true;
}

SerialConsole::SerialConsole(asio::any_io_executor executor, std::string command, OnLine on_line)
    : state_(std::make_shared<State>(executor, std::move(command), std::move(on_line))) {
  asio::co_spawn(executor, follow(state_), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
}

SerialConsole::~SerialConsole() {
  state_->on_line = nullptr;
  state_->end();
}

Task<void> SerialConsole::follow(std::shared_ptr<State> state) {
  std::string block(std::size_t{1} << 14, '\0');
  while (!state->over) {
    boost::system::error_code error;
    std::string pending;
    if (state->start()) {
      while (!error) {
        const std::size_t got = co_await state->pipe.async_read_some(
            asio::buffer(block), asio::redirect_error(asio::use_awaitable, error));
        pending.append(block, 0, got);
        for (std::size_t end;
             (end = pending.find('\n')) != std::string::npos || pending.size() > kLongestLine;) {
          std::string line = pending.substr(0, end);
          pending.erase(0, end == std::string::npos ? end : end + 1);
          if (line.ends_with('\r')) line.pop_back();
          if (state->over) co_return;
          const OnLine on_line = state->on_line;
          co_await on_line(std::move(line));
        }
      }
    }
    if (state->over) co_return;
    state->process.reset();
    boost::system::error_code ignored;
    state->pipe.close(ignored);
    state->pause.expires_after(kAgain);
    co_await state->pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

}  // namespace luolab
