// SPDX-License-Identifier: Apache-2.0
#include "tests/programs/program.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include "core/base/unique_fd.h"

namespace luolab {

Program::Program(const asio::any_io_executor& executor, std::string name, ProcessSpec spec)
    : name_(std::move(name)), said_(std::make_shared<Said>(executor)) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  said_->pipe.assign(ends[0]);
  const UniqueFd writer(ends[1]);
  spec.descriptors[1] = spec.descriptors[2] = writer.get();
  auto process = Process::start(executor, spec);
  if (!process) throw std::runtime_error(process.error().what);
  process_ = std::make_unique<Process>(std::move(*process));
  // Holds what it reads into, and ends with the pipe.
  asio::co_spawn(executor, read(said_), asio::detached);
}

Program::~Program() {
  process_.reset();
  boost::system::error_code ignored;
  said_->pipe.close(ignored);
}

Task<void> Program::read(std::shared_ptr<Said> said) {
  std::array<char, 4096> piece;
  for (;;) {
    boost::system::error_code error;
    const std::size_t size = co_await said->pipe.async_read_some(
        asio::buffer(piece), asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    said->text.append(piece.data(), size);
    said->more.wake();
  }
  said->over = true;
  said->more.wake();
}

Task<bool> Program::found(std::string text) {
  for (;;) {
    const auto at = said_->text.find(text, seen_);
    if (at != std::string::npos) {
      seen_ = at + text.size();
      co_return true;
    }
    if (said_->over) co_return false;
    co_await said_->more.wait();
  }
}

Task<void> Program::says(std::string text) {
  Task<bool> looking = found(text);
  const auto came = co_await within(kPatience, std::move(looking));
  if (!came || !*came) complain(fmt::format("did not say \"{}\"", text));
}

Task<bool> Program::all_said() {
  while (!said_->over) co_await said_->more.wait();
  co_return true;
}

Task<int> Program::ended() {
  Task<int> waiting = process_->wait();
  const auto code = co_await within(kPatience, std::move(waiting));
  if (!code) complain("did not end");
  Task<bool> reading = all_said();
  if (!co_await within(kPatience, std::move(reading)))
    complain("ended, but something that it started lives on");
  co_return *code;
}

void Program::signal(int number) const { ::kill(pid(), number); }

void Program::complain(const std::string& what) const {
  throw std::runtime_error(fmt::format("{} {}; it said:\n{}", name_, what, output()));
}

Task<std::string> output_of(ProcessSpec spec) {
  const std::string program = spec.program;
  const auto ran = co_await run_process(std::move(spec));
  if (!ran) throw std::runtime_error(ran.error().what);
  if (ran->exit_code != 0) throw std::runtime_error(fmt::format("{}: {}", program, ran->output));
  co_return ran->output;
}

}  // namespace luolab
