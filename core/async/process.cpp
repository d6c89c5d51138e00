// SPDX-License-Identifier: Apache-2.0
#include "core/async/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

// Boost 1.81's headers of this library are not free of our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wreturn-type"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#pragma GCC diagnostic pop

#include "core/base/unique_fd.h"

namespace luolab {
namespace {

namespace process_v2 = boost::process::v2;
using Launcher = process_v2::posix::default_launcher;

constexpr std::size_t kOutputLimit = std::size_t{4} << 20;
constexpr int kFirstSpareDescriptor = 200;  // above every number that a child is given

/// What happens in the child between fork and exec, and what the launcher must leave open.
class ChildSetup {
 public:
  ChildSetup(const ProcessSpec& spec, int null_fd) : spec_(spec), null_fd_(null_fd) {}

  boost::system::error_code on_setup(Launcher& launcher, const boost::filesystem::path&,
                                     const char* const*&) {
    for (const auto& [child_fd, own_fd] : spec_.descriptors) {
      launcher.fd_whitelist.push_back(child_fd);
    }
    return {};
  }

  boost::system::error_code on_exec_setup(Launcher&, const boost::filesystem::path&,
                                          const char* const*&) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent_) ::_exit(127);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (spec_.max_file_bytes > 0) {
      const rlimit limit{spec_.max_file_bytes, spec_.max_file_bytes};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    // Boost 1.81 leaves some open; what the child is given is placed after this.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (!spec_.working_directory.empty() && ::chdir(spec_.working_directory.c_str()) != 0) {
      return last_error();
    }
    return place_descriptors();
  }

  // The launcher would call exit(3), which flushes the parent's buffers a second time.
  void on_exec_error(Launcher&, const boost::filesystem::path&, const char* const*&,
                     const boost::system::error_code&) {
    ::_exit(127);
  }

 private:
  static boost::system::error_code last_error() {
    return {errno, boost::system::system_category()};
  }

  // In two steps, so that no number is overwritten before it was copied.
  boost::system::error_code place_descriptors() const {
    std::map<int, int> wanted = spec_.descriptors;
    for (int standard = 0; standard <= 2; ++standard) wanted.emplace(standard, null_fd_);
    for (auto& [child_fd, own_fd] : wanted) {
      own_fd = ::fcntl(own_fd, F_DUPFD_CLOEXEC, kFirstSpareDescriptor);
      if (own_fd < 0) return last_error();
    }
    for (const auto& [child_fd, own_fd] : wanted) {
      if (::dup2(own_fd, child_fd) < 0) return last_error();
    }
    return {};
  }

  const ProcessSpec& spec_;
  int null_fd_;
  pid_t parent_ = ::getpid();
};

std::vector<std::string> merged_environment(const std::vector<std::string>& additions) {
  const auto name_of = [](std::string_view entry) { return entry.substr(0, entry.find('=') + 1); };
  std::vector<std::string> merged;
  for (char** entry = ::environ; *entry != nullptr; ++entry) merged.emplace_back(*entry);
  for (const std::string& addition : additions) {
    std::erase_if(merged, [&](const std::string& entry) {
      return std::string_view(entry).starts_with(name_of(addition));
    });
    merged.push_back(addition);
  }
  return merged;
}

int exit_code_of(int wait_status) {
  if (WIFSIGNALED(wait_status)) return 128 + WTERMSIG(wait_status);
  return WEXITSTATUS(wait_status);
}

}  // namespace

struct Process::Child {
  process_v2::basic_process<asio::any_io_executor> process;
  pid_t pid;
  bool reaped = false;
  int exit_code = -1;
};

Process::Process(std::unique_ptr<Child> child) : child_(std::move(child)) {}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&& other) noexcept {
  std::swap(child_, other.child_);
  return *this;
}

Process::~Process() {
  if (!child_ || child_->reaped) return;
  signal_group(SIGKILL);
  int status = 0;
  while (::waitpid(child_->pid, &status, 0) < 0 && errno == EINTR) {
  }
  child_->process.detach();
}

Result<Process> Process::start(asio::any_io_executor executor, const ProcessSpec& spec) {
  const std::filesystem::path program = spec.program.find('/') == std::string::npos
                                            ? find_program(spec.program)
                                            : std::filesystem::path(spec.program);
  if (program.empty()) {
    return lab_error(fmt::format("{}: no such program in PATH (`luolab doctor` names its package)",
                                 spec.program));
  }
  const UniqueFd null_fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const std::vector<std::string> environment = merged_environment(spec.environment);
  std::vector<const char*> entries;
  for (const std::string& entry : environment) entries.push_back(entry.c_str());
  entries.push_back(nullptr);

  Launcher launcher;
  launcher.env = entries.data();
  boost::system::error_code error;
  auto process = launcher(executor, error, boost::filesystem::path(program.string()),
                          spec.arguments, ChildSetup(spec, null_fd.get()));
  if (error)
    return Error{Fault::lab, error, fmt::format("{}: {}", program.string(), error.message())};
  const pid_t pid = process.id();
  ::setpgid(pid, pid);  // whoever comes first: the group exists before anybody signals it
  return Process(std::make_unique<Child>(Child{std::move(process), pid}));
}

pid_t Process::pid() const { return child_->pid; }

Task<int> Process::wait() {
  if (!child_->reaped) {
    co_await child_->process.async_wait(asio::use_awaitable);
    child_->reaped = true;
    child_->exit_code = exit_code_of(child_->process.native_exit_code());
  }
  co_return child_->exit_code;
}

void Process::signal_group(int signal_number) {
  if (!child_->reaped) ::kill(-child_->pid, signal_number);
}

namespace {

/// Cuts what arrives into lines.
class LineCutter {
 public:
  explicit LineCutter(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}

  void add(std::string_view bytes) {
    if (!on_line_) return;
    pending_ += bytes;
    std::size_t start = 0;
    for (std::size_t end; (end = pending_.find('\n', start)) != std::string::npos;
         start = end + 1) {
      on_line_(std::string_view(pending_).substr(start, end - start));
    }
    pending_.erase(0, start);
  }
  void finish() {
    if (on_line_ && !pending_.empty()) on_line_(pending_);
    pending_.clear();
  }

 private:
  const std::function<void(std::string_view)>& on_line_;
  std::string pending_;
};

}  // namespace

Task<Result<ProcessOutput>> run_process(ProcessSpec spec,
                                        std::function<void(std::string_view)> on_line) {
  const auto executor = co_await asio::this_coro::executor;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  asio::posix::stream_descriptor reader(executor, ends[0]);
  UniqueFd writer(ends[1]);
  spec.descriptors[1] = spec.descriptors[2] = writer.get();
  auto process = Process::start(executor, spec);
  writer.reset();
  if (!process) co_return process.error();

  ProcessOutput result;
  LineCutter lines(on_line);
  std::string block(std::size_t{1} << 16, '\0');
  for (;;) {
    boost::system::error_code error;
    const std::size_t got = co_await reader.async_read_some(
        asio::buffer(block), asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) {
      co_return canceled_error(spec.program + ": canceled");
    }
    if (error) break;
    const std::string_view bytes(block.data(), got);
    lines.add(bytes);
    result.output += bytes;
    if (result.output.size() > 2 * kOutputLimit) {
      result.output.erase(0, result.output.size() - kOutputLimit);
    }
  }
  lines.finish();
  result.exit_code = co_await process->wait();
  co_return result;
}

std::filesystem::path find_program(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, colon)) / program;
    if (::access(candidate.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(candidate)) {
      return candidate;
    }
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  for (const char* admin : {"/usr/sbin", "/sbin"}) {
    const std::filesystem::path candidate = std::filesystem::path(admin) / program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace luolab
