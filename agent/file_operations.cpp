// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "agent/operations.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

using wire::field::kMemfd;

struct NamedFlag {
  std::string_view name;
  int bits;
};

constexpr std::array<NamedFlag, 6> kOpenFlags{{{"rdonly", O_RDONLY},
                                               {"rdwr", O_RDWR},
                                               {"creat", O_CREAT},
                                               {"tmpfile", O_TMPFILE},
                                               {"path", O_PATH},
                                               {"directory", O_DIRECTORY}}};
constexpr std::array<NamedFlag, 2> kStatusFlags{{{"append", O_APPEND}, {"nonblock", O_NONBLOCK}}};
constexpr std::array<NamedFlag, 3> kAccesses{
    {{"rdonly", O_RDONLY}, {"rdwr", O_RDWR}, {"path", O_PATH}}};

template <class Table>
int bits_of(const std::vector<std::string>& names, const Table& table, Arguments& arguments) {
  int bits = 0;
  for (const std::string& name : names) {
    bool known = false;
    for (const NamedFlag& flag : table) {
      if (flag.name == name) bits |= flag.bits;
      known = known || flag.name == name;
    }
    if (!known) arguments.reject("flags: \"" + name + "\" is not known here");
  }
  return bits;
}

/// Holds a descriptor under a name that must be free, or says what call made none.
Outcome<Json> hold(Holdings& holdings, const std::string& as, int fd, const char* call,
                   const std::string& subject) {
  OwnedFd owned(fd);
  if (!owned) return call_failed(call, subject);
  if (Done free = holdings.free_memfd_name(as); !free) return free.failure();
  holdings.memfds.insert_or_assign(as, std::move(owned));
  return Json::object();
}

Outcome<Json> succeeded_or(bool ok, const char* call, const std::string& subject) {
  if (!ok) return call_failed(call, subject);
  return Json::object();
}

Outcome<Json> mount_at(Arguments& arguments, const char* type) {
  const std::string path = arguments.text("path");
  if (arguments.problem()) return *arguments.problem();
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return call_failed("mkdir", path);
  return succeeded_or(mount(type, path.c_str(), type, 0, nullptr) == 0, "mount", path);
}

}  // namespace

Outcome<Json> session_as_file(Holdings& holdings, Arguments& arguments) {
  const std::string handle = arguments.text(wire::field::kSession);
  const std::string as = arguments.text("as");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> session = holdings.session(handle);
  if (!session) return session.failure();
  // The copy has the flag of the original, so that a stat tells it.
  const bool closes_on_exec = (fcntl(*session, F_GETFD) & FD_CLOEXEC) != 0;
  return hold(holdings, as, fcntl(*session, closes_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD, 0),
              "fcntl(F_DUPFD)", handle);
}

Outcome<Json> file_dup(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::string as = arguments.text("as");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  return hold(holdings, as, fcntl(*fd, F_DUPFD_CLOEXEC, 0), "fcntl(F_DUPFD_CLOEXEC)", memfd);
}

Outcome<Json> file_reopen(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::string as = arguments.text("as");
  const int access = bits_of({arguments.text("access")}, kAccesses, arguments);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const std::string path = "/proc/self/fd/" + std::to_string(*fd);
  return hold(holdings, as, open(path.c_str(), access | O_CLOEXEC), "open", memfd);
}

Outcome<Json> file_open(Holdings& holdings, Arguments& arguments) {
  const std::string as = arguments.text("as");
  const std::string path = arguments.text("path");
  const int flags = bits_of(arguments.texts("flags"), kOpenFlags, arguments);
  if (arguments.problem()) return *arguments.problem();
  return hold(holdings, as, open(path.c_str(), flags | O_CLOEXEC, 0600), "open", path);
}

Outcome<Json> file_setfl(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const int flags = bits_of(arguments.texts("flags"), kStatusFlags, arguments);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  return succeeded_or(fcntl(*fd, F_SETFL, flags) == 0, "fcntl(F_SETFL)", memfd);
}

Outcome<Json> file_chmod(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::string mode = arguments.text("mode");
  char* end = nullptr;
  const unsigned long bits = std::strtoul(mode.c_str(), &end, 8);
  if (mode.empty() || *end != '\0' || bits > 07777) {
    arguments.reject("mode: \"" + mode + "\" is not octal (\"0640\")");
  }
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  return succeeded_or(fchmod(*fd, static_cast<mode_t>(bits)) == 0, "fchmod", memfd);
}

Outcome<Json> file_chown(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const auto uid = static_cast<uid_t>(arguments.number("uid"));
  const auto gid = static_cast<gid_t>(arguments.number("gid"));
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  return succeeded_or(fchown(*fd, uid, gid) == 0, "fchown", memfd);
}

Outcome<Json> make_pipe(Holdings& holdings, Arguments& arguments) {
  const std::string as = arguments.text("as");
  if (arguments.problem()) return *arguments.problem();
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return call_failed("pipe2", as);
  const OwnedFd write_end(ends[1]);
  return hold(holdings, as, ends[0], "pipe2", as);
}

Outcome<Json> mount_tmpfs(Holdings&, Arguments& arguments) { return mount_at(arguments, "tmpfs"); }

Outcome<Json> mount_pstore(Holdings&, Arguments& arguments) {
  return mount_at(arguments, "pstore");
}

}  // namespace luolab
