// SPDX-License-Identifier: Apache-2.0
#include "agent/plain_read.h"

#include <array>
#include <cstring>

namespace luolab {

std::uint64_t plain_read(std::span<const std::byte> memory) {
  std::array<std::uint64_t, 8> words{};
  std::uint64_t mixed = 0;
  std::size_t offset = 0;
  for (; offset + sizeof words <= memory.size(); offset += sizeof words) {
    std::memcpy(words.data(), memory.data() + offset, sizeof words);
    mixed ^= words[0] ^ words[1] ^ words[2] ^ words[3] ^ words[4] ^ words[5] ^ words[6] ^ words[7];
  }
  for (; offset + sizeof mixed <= memory.size(); offset += sizeof mixed) {
    std::memcpy(words.data(), memory.data() + offset, sizeof mixed);
    mixed ^= words[0];
  }
  return mixed;
}

}  // namespace luolab
