// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "agent/hex.h"
#include "agent/mapping.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

using wire::field::kMemfd;

constexpr unsigned kNoexecSeal = 0x0008;  // MFD_NOEXEC_SEAL, linux/memfd.h since 6.3
constexpr unsigned kExec = 0x0010;        // MFD_EXEC
constexpr unsigned kHugetlb = 0x0004;     // MFD_HUGETLB

unsigned creation_flags(Arguments& arguments) {
  unsigned bits = 0;
  for (const std::string& flag : arguments.texts("flags")) {
    if (flag == "noexec_seal") {
      bits |= kNoexecSeal;
    } else if (flag == "exec") {
      bits |= kExec;
    } else if (flag == "hugetlb") {
      bits |= kHugetlb;
    } else if (flag != "cloexec") {
      arguments.reject("flags: \"" + flag + "\" is none of noexec_seal, exec, hugetlb, cloexec");
    }
  }
  return bits;
}

MemfdRequest read_request(Arguments& arguments) {
  MemfdRequest request;
  request.name = arguments.text(kMemfd);
  request.layout = arguments.layout(arguments.number("size"));
  request.pattern = arguments.pattern().value_or(PagePattern::zero);
  if (has_marks(request.pattern))
    request.key = {arguments.number("seed"), arguments.number("mark")};
  request.huge = arguments.flag("thp");
  request.flags = creation_flags(arguments);
  return request;
}

Outcome<std::uint64_t> mapped_huge_kib(int fd, std::uint64_t size_bytes, const std::string& memfd) {
  const Outcome<Mapping> mapping = Mapping::of(fd, size_bytes, Mapping::Access::read, memfd);
  if (!mapping) return mapping.failure();
  return huge_kib(*mapping);
}

}  // namespace

Json to_json(const MemfdStat& stat) {
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", stat.mode & 07777);
  return {{"size", stat.size_bytes},
          {"blocks", stat.blocks},
          {"position", stat.position_bytes},
          {"mode", mode},
          {"uid", stat.uid},
          {"gid", stat.gid},
          {"seals", stat.seals},
          {"flags", stat.flags}};
}

Outcome<Json> memfd_create_filled(Holdings& holdings, Arguments& arguments) {
  const MemfdRequest request = read_request(arguments);
  if (arguments.problem()) return *arguments.problem();
  if (Done free = holdings.free_memfd_name(request.name); !free) return free.failure();
  Outcome<OwnedFd> fd = create_memfd(request);
  if (!fd) return fd.failure();
  Json result = Json::object();
  if (request.huge) {
    const auto huge = mapped_huge_kib(fd->get(), request.layout.size_bytes, request.name);
    if (!huge) return huge.failure();
    result["huge_kib"] = *huge;
  }
  holdings.memfds.insert_or_assign(request.name, *std::move(fd));
  return result;
}

Outcome<Json> memfd_seal(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::vector<std::string> seals = arguments.texts("seals");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  if (Done sealed = seal_memfd(*fd, seals, memfd); !sealed) return sealed.failure();
  return Json::object();
}

Outcome<Json> memfd_seek(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t position = arguments.number("position");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  if (Done moved = seek_memfd(*fd, position, memfd); !moved) return moved.failure();
  return Json::object();
}

Outcome<Json> memfd_stat(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const bool huge = arguments.flag("huge");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const Outcome<MemfdStat> stat = stat_memfd(*fd, memfd);
  if (!stat) return stat.failure();
  Json result = to_json(*stat);
  if (huge) {
    const auto kib = mapped_huge_kib(*fd, stat->size_bytes, memfd);
    if (!kib) return kib.failure();
    result["huge_kib"] = *kib;
  }
  return result;
}

Outcome<Json> memfd_write(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t offset = arguments.number("offset");
  const std::string via = arguments.text_or("via", "pwrite");
  const auto bytes = from_hex(arguments.text("hex"));
  if (!bytes) arguments.reject("hex: must be pairs of hexadecimal digits");
  if (bytes && bytes->size() > wire::kWriteLimitBytes) {
    arguments.reject("hex: " + std::to_string(bytes->size()) + " bytes, at most " +
                     std::to_string(wire::kWriteLimitBytes) + " a request; write in pieces");
  }
  if (via != "pwrite" && via != "mmap") {
    arguments.reject("via: \"" + via + "\" is none of pwrite, mmap");
  }
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const auto write = via == "mmap" ? store_in_memfd : write_memfd;
  if (Done written = write(*fd, offset, *bytes, memfd); !written) return written.failure();
  return Json{{"bytes", bytes->size()}};
}

Outcome<Json> memfd_close(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  if (arguments.problem()) return *arguments.problem();
  if (const Outcome<int> fd = holdings.memfd(memfd); !fd) return fd.failure();
  holdings.memfds.erase(memfd);
  return Json::object();
}

}  // namespace luolab
