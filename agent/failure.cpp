// SPDX-License-Identifier: Apache-2.0
#include "agent/failure.h"

#include <cerrno>
#include <cstring>

#include "agent/luo.h"

namespace luolab {
namespace {

constexpr int kAnyError = 0;

struct Promise {
  std::string_view call;
  int error;
  std::string_view words;
};

// The first row that fits wins; a call's last row is for every other errno.
constexpr Promise kPromises[] = {
    {call::kOpenDevice, EBUSY, "12: /dev/liveupdate has one opener at a time"},
    {call::kOpenDevice, EACCES, "12: /dev/liveupdate is for root only"},
    {call::kOpenDevice, EIO,
     "1: what the outgoing kernel preserved can be read by the incoming one"},
    {call::kCreateSession, EEXIST, "11: a session name is used once among outgoing sessions"},
    {call::kCreateSession, kAnyError, "11: a session name has 1 to 63 bytes"},
    {call::kRetrieveSession, kAnyError, "15: a preserved session is retrieved by its name, once"},
    {call::kPreserveFd, EBUSY, "10: an inode is preserved once at a time"},
    {call::kPreserveFd, EEXIST, "10: a token is used once in a session"},
    {call::kPreserveFd, EOPNOTSUPP,
     "5: the seals grow, shrink, write, future_write and seal are preserved"},
    {call::kPreserveFd, ENOENT, "7: any shmem inode without links is accepted"},
    {call::kPreserveFd, EBADF, "7: any shmem inode without links is accepted"},
    {call::kPreserveFd, EINVAL, "13: an outgoing session takes files"},
    {call::kPreserveFd, ENOMEM, "3: holes are allocated at preserve"},
    {call::kPreserveFd, kAnyError, "1: contents of any size are preserved byte for byte"},
    {call::kRetrieveFd, ENOENT, "15: a preserved file is retrieved by its token"},
    {call::kRetrieveFd, EINVAL, "13: an incoming session gives files back"},
    {call::kRetrieveFd, kAnyError, "15: files are retrieved in any order"},
    {call::kFinish, EINVAL, "13: an incoming session can be finished"},
    {call::kFinish, kAnyError, "16: finish can be repeated, and frees what was not retrieved"},
    {call::kGetName, kAnyError, "11: a session keeps its name"},
    {call::kReboot, kAnyError, "19: reboot(KEXEC) leaves the kernel, or nothing is frozen"},
};

}  // namespace

Failure call_failed(std::string call, std::string detail) {
  return {std::move(call), errno, std::move(detail)};
}

std::string errno_name(int error) {
  const char* const name = strerrorname_np(error);
  return name != nullptr ? name : "errno " + std::to_string(error);
}

std::string in_words(const Failure& failure) {
  return failure.call + ": " + errno_name(failure.error) + ": " + failure.detail;
}

std::string_view broken_promise(std::string_view call, int error) {
  for (const Promise& promise : kPromises) {
    if (promise.call == call && (promise.error == error || promise.error == kAnyError)) {
      return promise.words;
    }
  }
  return {};
}

}  // namespace luolab
