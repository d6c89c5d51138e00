// SPDX-License-Identifier: Apache-2.0
#include "agent/raw_call.h"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "agent/luo.h"

namespace luolab {
namespace {

// include/uapi/linux/liveupdate.h of Linux 7.3. Every structure begins with its 32-bit size.
struct CallShape {
  std::string_view name;
  std::string_view title;
  unsigned number;
  std::uint32_t size_bytes;
  std::uint32_t name_at;      // 0: it has none
  std::uint32_t token_at;     // 0: it has none
  std::uint32_t reserved_at;  // 0: it has none
  std::uint32_t fd_at;        // 0: it gives none
};

constexpr unsigned kType = 0xba;
constexpr std::string_view kUnknownTitle = "ioctl(unknown)";
constexpr std::array<CallShape, 7> kShapes{{
    {"create", call::kCreateSession, 0x00, 72, 8, 0, 0, 4},
    {"retrieve", call::kRetrieveSession, 0x01, 72, 8, 0, 0, 4},
    {"preserve", call::kPreserveFd, 0x40, 16, 0, 8, 0, 0},
    {"retrieve_fd", call::kRetrieveFd, 0x41, 16, 0, 8, 0, 4},
    {"finish", call::kFinish, 0x42, 8, 0, 0, 4, 0},
    {"name", call::kGetName, 0x43, 72, 0, 0, 4, 0},
    {"unknown", kUnknownTitle, 0x3f, 8, 0, 0, 0, 0},
}};
constexpr unsigned kUnknownOfSession = 0x7f;

const CallShape* shape_of(const std::string& name) {
  const auto found = std::ranges::find(kShapes, name, &CallShape::name);
  return found == kShapes.end() ? nullptr : &*found;
}

// A page of its own, so that it can be made read-only.
struct alignas(kRawCallLimitBytes) Structure : std::array<char, kRawCallLimitBytes> {};

// While it lives, nobody writes to the structure.
class WriteProtection {
 public:
  explicit WriteProtection(Structure& structure)
      : structure_(structure), held_(mprotect(&structure, sizeof structure, PROT_READ) == 0) {}
  WriteProtection(const WriteProtection&) = delete;
  WriteProtection& operator=(const WriteProtection&) = delete;
  bool held() const { return held_; }
  ~WriteProtection() {
    if (held_) mprotect(&structure_, sizeof structure_, PROT_READ | PROT_WRITE);
  }

 private:
  Structure& structure_;
  bool held_;
};

template <class T>
void put(Structure& structure, std::uint32_t at, const T& value) {
  std::memcpy(structure.data() + at, &value, sizeof value);
}

std::unique_ptr<Structure> make_structure(const CallShape& shape, const RawCall& raw) {
  auto made = std::make_unique<Structure>();
  Structure& structure = *made;
  const std::uint32_t claimed = raw.size_bytes == 0 ? shape.size_bytes : raw.size_bytes;
  if (raw.tail) {
    std::fill(structure.begin() + shape.size_bytes,
              structure.begin() + std::max(claimed, shape.size_bytes), '\x5a');
  }
  put(structure, 0, claimed);
  if (shape.name_at != 0) {
    raw.session_name.copy(structure.data() + shape.name_at, 64);
  }
  if (shape.token_at != 0) put(structure, shape.token_at, raw.token);
  if (shape.reserved_at != 0) put(structure, shape.reserved_at, raw.reserved);
  return made;
}

}  // namespace

Outcome<OwnedFd> open_liveupdate() {
  OwnedFd device(open("/dev/liveupdate", O_RDWR | O_CLOEXEC));
  if (!device) {
    return call_failed(std::string(call::kOpenDevice),
                       "the kernel needs LUO and the words kho=on liveupdate=on");
  }
  return device;
}

Done make_raw_call(int fd, bool is_session, const RawCall& raw) {
  const CallShape* const shape = shape_of(raw.name);
  if (shape == nullptr || raw.size_bytes > kRawCallLimitBytes) {
    return Failure{"request", EINVAL,
                   "call: \"" + raw.name +
                       "\" is none of create, retrieve, preserve, "
                       "retrieve_fd, finish, name, unknown, or its size is over 4096"};
  }
  const bool unknown = shape->title == kUnknownTitle;
  const unsigned number = unknown && is_session ? kUnknownOfSession : shape->number;
  const std::unique_ptr<Structure> structure = make_structure(*shape, raw);
  // The first page is never mapped (mmap_min_addr).
  char* const argument =
      raw.pointer == Pointer::bad ? reinterpret_cast<char*>(8) : structure->data();
  std::optional<WriteProtection> protection;
  if (raw.pointer == Pointer::read_only) protection.emplace(*structure);
  if (protection && !protection->held()) return call_failed("mprotect", "a structure of one page");
  if (ioctl(fd, _IO(kType, number), argument) != 0) {
    return call_failed(std::string(shape->title), "made by hand");
  }
  if (shape->fd_at != 0) {
    std::int32_t given = -1;
    std::memcpy(&given, structure->data() + shape->fd_at, sizeof given);
    const OwnedFd closed_at_once(given);
  }
  return done();
}

}  // namespace luolab
