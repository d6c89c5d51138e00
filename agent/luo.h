// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/failure.h"
#include "agent/owned_fd.h"
#include "agent/refused_memory.h"

namespace luolab {

/// How failures name the calls of the Live Update Orchestrator.
namespace call {
inline constexpr std::string_view kOpenDevice = "open(/dev/liveupdate)";
inline constexpr std::string_view kCreateSession = "ioctl(LIVEUPDATE_IOCTL_CREATE_SESSION)";
inline constexpr std::string_view kRetrieveSession = "ioctl(LIVEUPDATE_IOCTL_RETRIEVE_SESSION)";
inline constexpr std::string_view kPreserveFd = "ioctl(LIVEUPDATE_SESSION_PRESERVE_FD)";
inline constexpr std::string_view kRetrieveFd = "ioctl(LIVEUPDATE_SESSION_RETRIEVE_FD)";
inline constexpr std::string_view kFinish = "ioctl(LIVEUPDATE_SESSION_FINISH)";
inline constexpr std::string_view kGetName = "ioctl(LIVEUPDATE_SESSION_GET_NAME)";
inline constexpr std::string_view kReboot = "reboot(LINUX_REBOOT_CMD_KEXEC)";
}  // namespace call

// The ioctls of /dev/liveupdate (include/uapi/linux/liveupdate.h of Linux 7.3). Any thread.
// Names are passed on as they are, up to the 64 bytes that the structure holds, so that a wrong
// one meets the kernel's own check. `refused` has the ioctl find no memory; nullptr: all it wants.

/// The device, open while this lives. It has one opener, so those that live at the same time share
/// it; other processes can't open it meanwhile.
class OpenDevice {
 public:
  OpenDevice();
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;
  ~OpenDevice();

  int get() const { return fd_; }
  /// The errno with which it could not be opened; 0 where it could.
  int error() const { return error_; }

 private:
  int fd_;
  int error_;
};

Outcome<OwnedFd> create_session(const OpenDevice& device, const std::string& name,
                                RefusedMemory* refused = nullptr);
Outcome<OwnedFd> retrieve_session(const OpenDevice& device, const std::string& name,
                                  RefusedMemory* refused = nullptr);

// The same, and the device is open no longer than that.

Outcome<OwnedFd> create_session(const std::string& name);
Outcome<OwnedFd> retrieve_session(const std::string& name);

// Calls on a session's descriptor, which they borrow. `subject` names the file in a failure.

Done preserve_fd(int session, int fd, std::uint64_t token, const std::string& subject,
                 RefusedMemory* refused = nullptr);
Outcome<OwnedFd> retrieve_fd(int session, std::uint64_t token, const std::string& subject,
                             RefusedMemory* refused = nullptr);
Done finish_session(int session, const std::string& subject);
Outcome<std::string> session_name(int session, const std::string& subject);

}  // namespace luolab
