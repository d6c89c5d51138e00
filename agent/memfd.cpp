// SPDX-License-Identifier: Apache-2.0
#include "agent/memfd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>

#include "agent/fill.h"
#include "agent/mapping.h"
#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr const char* kHugeKnob = "/sys/kernel/mm/transparent_hugepage/shmem_enabled";
constexpr int kSealExec = 0x0020;  // F_SEAL_EXEC, linux/fcntl.h since 6.3

struct NamedBit {
  std::string_view name;
  int bit;
};

constexpr NamedBit kSeals[] = {
    {"seal", F_SEAL_SEAL},
    {"shrink", F_SEAL_SHRINK},
    {"grow", F_SEAL_GROW},
    {"write", F_SEAL_WRITE},
    {"future_write", F_SEAL_FUTURE_WRITE},
    {"exec", kSealExec},
};

// The kernel's O_LARGEFILE: to programs of 64 bits the macro is 0.
constexpr int kLargeFile = 0100000;

constexpr NamedBit kStatusFlags[] = {
    {"O_APPEND", O_APPEND}, {"O_NONBLOCK", O_NONBLOCK},  {"O_NOATIME", O_NOATIME},
    {"O_PATH", O_PATH},     {"O_LARGEFILE", kLargeFile},
};

std::string access_name(int flags) {
  switch (flags & O_ACCMODE) {
    case O_RDONLY:
      return "O_RDONLY";
    case O_WRONLY:
      return "O_WRONLY";
    default:
      return "O_RDWR";
  }
}

std::vector<std::string> flag_names(int fd) {
  const int status = fcntl(fd, F_GETFL);
  std::vector<std::string> names{access_name(status)};
  for (const NamedBit& flag : kStatusFlags) {
    if ((status & flag.bit) == flag.bit) names.emplace_back(flag.name);
  }
  if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0) names.emplace_back("FD_CLOEXEC");
  return names;
}

std::vector<std::string> seal_names(int seals) {
  std::vector<std::string> names;
  for (const NamedBit& seal : kSeals) {
    if (seals >= 0 && (seals & seal.bit) != 0) names.emplace_back(seal.name);
  }
  return names;
}

Outcome<int> seal_bits(const std::vector<std::string>& names) {
  int bits = 0;
  for (const std::string& name : names) {
    int bit = 0;
    for (const NamedBit& seal : kSeals) {
      if (seal.name == name) bit = seal.bit;
    }
    if (bit == 0) {
      return Failure{
          "request", EINVAL,
          "seals: \"" + name + "\" is none of seal, shrink, grow, write, future_write, exec"};
    }
    bits |= bit;
  }
  return bits;
}

// "always within_size advise [never] deny force" -> "never".
std::string chosen_word(const std::string& knob) {
  const std::size_t start = knob.find('[');
  const std::size_t end = knob.find(']', start);
  return end == std::string::npos ? "never" : knob.substr(start + 1, end - start - 1);
}

// The shmem knob of the whole machine, set to `force` and put back when the memfd is filled.
class HugeKnob {
 public:
  HugeKnob()
      : before_(chosen_word(read_line(kHugeKnob))), forced_(write_text(kHugeKnob, "force")) {}
  HugeKnob(const HugeKnob&) = delete;
  HugeKnob& operator=(const HugeKnob&) = delete;
  ~HugeKnob() {
    if (forced_) write_text(kHugeKnob, before_);
  }
  bool forced() const { return forced_; }

 private:
  std::string before_;
  bool forced_;
};

Outcome<OwnedFd> create_and_fill(const MemfdRequest& request) {
  OwnedFd fd(memfd_create(request.name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | request.flags));
  if (!fd) return call_failed("memfd_create", request.name);
  if (ftruncate(fd.get(), static_cast<off_t>(request.layout.size_bytes)) != 0) {
    return call_failed(
        "ftruncate", request.name + " to " + std::to_string(request.layout.size_bytes) + " bytes");
  }
  if (Done filled = fill_memfd(fd.get(), request); !filled) return filled.failure();
  return fd;
}

}  // namespace

Done with_huge_pages(const std::function<Done()>& work) {
  const HugeKnob knob;
  if (knob.forced()) return work();
  return call_failed(std::string("write(") + kHugeKnob + ")",
                     "\"force\"; the kernel needs CONFIG_TRANSPARENT_HUGEPAGE and CONFIG_SHMEM");
}

Outcome<OwnedFd> create_memfd(const MemfdRequest& request) {
  if (!request.huge) return create_and_fill(request);
  Outcome<OwnedFd> created = OwnedFd();
  const Done allowed = with_huge_pages([&] {
    created = create_and_fill(request);
    return done();
  });
  if (!allowed) return allowed.failure();
  return created;
}

Outcome<std::uint64_t> memfd_size(int fd, const std::string& subject) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return call_failed("fstat", subject);
  return static_cast<std::uint64_t>(status.st_size);
}

Outcome<MemfdStat> stat_memfd(int fd, const std::string& subject) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return call_failed("fstat", subject);
  MemfdStat seen;
  seen.size_bytes = static_cast<std::uint64_t>(status.st_size);
  seen.blocks = static_cast<std::uint64_t>(status.st_blocks);
  seen.mode = status.st_mode & 07777;
  seen.uid = status.st_uid;
  seen.gid = status.st_gid;
  seen.position_bytes = static_cast<std::uint64_t>(lseek(fd, 0, SEEK_CUR));
  seen.seals = seal_names(fcntl(fd, F_GET_SEALS));
  seen.flags = flag_names(fd);
  return seen;
}

Done seal_memfd(int fd, const std::vector<std::string>& seals, const std::string& subject) {
  const Outcome<int> bits = seal_bits(seals);
  if (!bits) return bits.failure();
  if (fcntl(fd, F_ADD_SEALS, *bits) != 0) return call_failed("fcntl(F_ADD_SEALS)", subject);
  return done();
}

Done seek_memfd(int fd, std::uint64_t position_bytes, const std::string& subject) {
  if (lseek(fd, static_cast<off_t>(position_bytes), SEEK_SET) < 0) {
    return call_failed("lseek", subject + " to " + std::to_string(position_bytes));
  }
  return done();
}

Done write_memfd(int fd, std::uint64_t offset_bytes, const std::string& bytes,
                 const std::string& subject) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = pwrite(fd, bytes.data() + written, bytes.size() - written,
                                 static_cast<off_t>(offset_bytes + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return call_failed("pwrite", subject + " at " + std::to_string(offset_bytes + written) +
                                       ", " + std::to_string(bytes.size() - written) + " bytes");
    }
    written += static_cast<std::size_t>(count);
  }
  return done();
}

}  // namespace luolab
