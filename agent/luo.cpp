// SPDX-License-Identifier: Apache-2.0
#include "agent/luo.h"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <linux/types.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>
#include <mutex>

namespace luolab {
namespace {

// Debian 12's headers are older than /dev/liveupdate, so its interface is written down here.
constexpr unsigned kType = 0xba;
constexpr std::size_t kNameBytes = 64;
constexpr unsigned long kCreateSessionRequest = _IO(kType, 0x00);
constexpr unsigned long kRetrieveSessionRequest = _IO(kType, 0x01);
constexpr unsigned long kPreserveFdRequest = _IO(kType, 0x40);
constexpr unsigned long kRetrieveFdRequest = _IO(kType, 0x41);
constexpr unsigned long kFinishRequest = _IO(kType, 0x42);
constexpr unsigned long kGetNameRequest = _IO(kType, 0x43);

struct SessionByName {
  std::uint32_t size = sizeof(SessionByName);
  std::int32_t fd = -1;
  char name[kNameBytes] = {};
};

struct FileByToken {
  std::uint32_t size = sizeof(FileByToken);
  std::int32_t fd = -1;
  std::uint64_t token = 0;
};

struct FinishArgument {
  std::uint32_t size = sizeof(FinishArgument);
  std::uint32_t reserved = 0;
};

struct NameAnswer {
  std::uint32_t size = sizeof(NameAnswer);
  std::uint32_t reserved = 0;
  char name[kNameBytes] = {};
};

std::string quoted(const std::string& name) { return "session \"" + name + "\""; }

/// The device, opened by the first of the threads that need it and closed by the last.
class SharedDevice {
 public:
  /// -1, with errno, where it can't be opened; then there is nothing to give back.
  int take() {
    const std::lock_guard lock(mutex_);
    if (users_ == 0) fd_ = OwnedFd(open("/dev/liveupdate", O_RDWR | O_CLOEXEC));
    if (fd_) ++users_;
    return fd_.get();
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    if (--users_ == 0) fd_ = OwnedFd();
  }

 private:
  std::mutex mutex_;
  OwnedFd fd_;
  unsigned users_ = 0;
};

SharedDevice& shared_device() {
  static SharedDevice device;
  return device;
}

int call_kernel(int fd, unsigned long request, void* argument, RefusedMemory* refused) {
  if (refused == nullptr) return ioctl(fd, request, argument);
  refused->begin_call();
  const int result = ioctl(fd, request, argument);
  refused->end_call(result != 0);
  return result;
}

Outcome<OwnedFd> session_by_name(const OpenDevice& device, const std::string& name,
                                 unsigned long request, std::string_view call,
                                 RefusedMemory* refused) {
  if (name.size() > kNameBytes) {
    return Failure{
        std::string(call), EINVAL,
        quoted(name) + " has " + std::to_string(name.size()) + " bytes, the call takes 64"};
  }
  if (device.error() != 0) {
    return Failure{
        std::string(call::kOpenDevice), device.error(),
        "for " + quoted(name) + "; the kernel needs LUO and the words kho=on liveupdate=on"};
  }
  SessionByName argument;
  std::memcpy(argument.name, name.data(), name.size());
  if (call_kernel(device.get(), request, &argument, refused) != 0)
    return call_failed(std::string(call), quoted(name));
  return OwnedFd(argument.fd);
}

std::string with_token(const std::string& subject, std::uint64_t token) {
  return subject + ", token " + std::to_string(token);
}

}  // namespace

OpenDevice::OpenDevice() : fd_(shared_device().take()), error_(fd_ < 0 ? errno : 0) {}

OpenDevice::~OpenDevice() {
  if (fd_ >= 0) shared_device().give_back();
}

Outcome<OwnedFd> create_session(const OpenDevice& device, const std::string& name,
                                RefusedMemory* refused) {
  return session_by_name(device, name, kCreateSessionRequest, call::kCreateSession, refused);
}

Outcome<OwnedFd> retrieve_session(const OpenDevice& device, const std::string& name,
                                  RefusedMemory* refused) {
  return session_by_name(device, name, kRetrieveSessionRequest, call::kRetrieveSession, refused);
}

Outcome<OwnedFd> create_session(const std::string& name) {
  return create_session(OpenDevice(), name);
}

Outcome<OwnedFd> retrieve_session(const std::string& name) {
  return retrieve_session(OpenDevice(), name);
}

Done preserve_fd(int session, int fd, std::uint64_t token, const std::string& subject,
                 RefusedMemory* refused) {
  FileByToken argument;
  argument.fd = fd;
  argument.token = token;
  if (call_kernel(session, kPreserveFdRequest, &argument, refused) != 0) {
    return call_failed(std::string(call::kPreserveFd), with_token(subject, token));
  }
  return done();
}

Outcome<OwnedFd> retrieve_fd(int session, std::uint64_t token, const std::string& subject,
                             RefusedMemory* refused) {
  FileByToken argument;
  argument.token = token;
  if (call_kernel(session, kRetrieveFdRequest, &argument, refused) != 0) {
    return call_failed(std::string(call::kRetrieveFd), with_token(subject, token));
  }
  return OwnedFd(argument.fd);
}

Done finish_session(int session, const std::string& subject) {
  FinishArgument argument;
  if (ioctl(session, kFinishRequest, &argument) != 0) {
    return call_failed(std::string(call::kFinish), quoted(subject));
  }
  return done();
}

Outcome<std::string> session_name(int session, const std::string& subject) {
  NameAnswer answer;
  if (ioctl(session, kGetNameRequest, &answer) != 0) {
    return call_failed(std::string(call::kGetName), quoted(subject));
  }
  return std::string(answer.name, strnlen(answer.name, kNameBytes));
}

}  // namespace luolab
