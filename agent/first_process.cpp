// SPDX-License-Identifier: Apache-2.0
#include "agent/first_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr const char* kPortClass = "/sys/class/virtio-ports";
constexpr rlim_t kOpenFiles = 65536;
constexpr int kRetryMs = 1;  // sysfs tells nobody when a port gets its name

void mount_at(const char* type, const char* place) {
  mkdir(place, 0755);
  mount(type, place, type, 0, nullptr);
}

// The serial console takes milliseconds to open, and only dying words need it: they go to the
// kernel's log, which prints them there.
void open_standard_files() {
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (int fd = 0; fd <= 2; ++fd) {
    if (fd != null) dup2(null, fd);
  }
  if (null > 2) close(null);
  const OwnedFd log(open("/dev/kmsg", O_WRONLY | O_CLOEXEC));
  if (log) dup2(log.get(), STDERR_FILENO);
}

void reap_children(int) {
  const int saved = errno;
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  errno = saved;
}

void install_signals() {
  struct sigaction reap {};
  reap.sa_handler = reap_children;
  reap.sa_flags = SA_RESTART | SA_NOCLDSTOP;
  sigaction(SIGCHLD, &reap, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void raise_open_files() {
  const rlimit limit{kOpenFiles, kOpenFiles};
  setrlimit(RLIMIT_NOFILE, &limit);
}

// "vport0p1"; empty where there is none of this name yet.
std::string find_port(const std::string& name) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(kPortClass), closedir);
  if (!folder) return {};
  while (const dirent* const entry = readdir(folder.get())) {
    const std::string port = entry->d_name;
    if (port[0] != '.' && read_line(std::string(kPortClass) + "/" + port + "/name") == name)
      return port;
  }
  return {};
}

}  // namespace

void prepare_machine() {
  mount_at("proc", "/proc");
  mount_at("sysfs", "/sys");
  mount_at("devtmpfs", "/dev");
  mount_at("debugfs", "/sys/kernel/debug");
  open_standard_files();
  install_signals();
  raise_open_files();
}

Outcome<OwnedFd> open_port(const std::string& name, std::chrono::milliseconds deadline) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + deadline;
  std::string port = find_port(name);
  while (port.empty() && Clock::now() < end) {
    poll(nullptr, 0, kRetryMs);
    port = find_port(name);
  }
  if (port.empty()) {
    return Failure{"open(virtio port)", ENODEV,
                   "no port \"" + name + "\" in " + kPortClass +
                       "; the machine needs -device virtserialport,name=" + name +
                       " and the kernel CONFIG_VIRTIO_CONSOLE"};
  }
  OwnedFd fd(open(("/dev/" + port).c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) return call_failed("open", "/dev/" + port);
  return fd;
}

void power_off() {
  reboot(RB_POWER_OFF);
  while (true) pause();
}

void give_up(const Failure& failure) {
  std::fprintf(stderr, "luolab-agent: %s\n", in_words(failure).c_str());
  power_off();
}

}  // namespace luolab
