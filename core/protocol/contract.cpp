// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/contract.h"

#include <array>

namespace luolab {
namespace {

constexpr std::array<std::string_view, kContractItems> kTitles{
    "content, byte for byte",
    "size, exact to the byte",
    "holes and unwritten pages read as zero",
    "file position, as of the kexec",
    "seals",
    "what is not preserved has its stated value",
    "which files can be preserved",
    "frozen in size, writable inside until the kexec",
    "pages are pinned",
    "an inode once, a token once per session",
    "session names",
    "/dev/liveupdate: one opener, root, exact structures",
    "calls in the wrong direction are refused",
    "closing early undoes everything",
    "retrieving, in any order",
    "finishing",
    "memory comes back",
    "sessions that nobody retrieves",
    "kexec without an image changes nothing",
    "many sessions, many files, huge pages",
    "memory is charged to who retrieves it",
    "what the kernel keeps for itself comes back",
    "a call that finds no memory changes nothing",
};

}  // namespace

std::string_view contract_title(std::uint32_t item) {
  return item == 0 || item > kContractItems ? std::string_view() : kTitles[item - 1];
}

}  // namespace luolab
