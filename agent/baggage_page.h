// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/failure.h"
#include "core/wire/agent_wire.h"
#include "core/wire/layout.h"

namespace luolab {

/// The first file of the baggage, one page, as it lies in preserved memory: written by one agent,
/// read by the next one in another kernel, maybe of another version. Native byte order.
struct BaggagePage {
  static constexpr std::uint64_t kMagic = 0x656761676761624c;  // "Lbaggage"
  static constexpr std::uint32_t kVersion = 1;

  struct File {
    std::array<char, wire::kBaggageNameLimitBytes + 1> name;
    std::uint64_t size_bytes;
  };

  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t hop;
  std::atomic<std::uint64_t> last_user_tsc;  ///< kept by the Stamper
  std::uint64_t reboot_call_tsc;             ///< just before reboot(2)
  std::array<char, wire::kNonceLimitBytes + 1> nonce;
  std::uint64_t file_count;
  std::array<File, wire::kBaggageFileLimit> files;
};
static_assert(sizeof(BaggagePage) <= kPageBytes);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// What an incoming agent reads from it.
struct BaggageNote {
  struct File {
    std::string name;
    std::uint64_t size_bytes = 0;
  };
  std::string nonce;
  std::uint32_t hop = 0;
  std::uint64_t last_user_tsc = 0;
  std::uint64_t reboot_call_tsc = 0;
  std::vector<File> files;
};

/// Fills a page; both stamps are 0. The caller has checked the limits of core/wire/agent_wire.h.
void write_baggage_page(BaggagePage& page, const BaggageNote& note);

/// EBADMSG where the page is not what write_baggage_page left, EPROTO where another version did.
Outcome<BaggageNote> read_baggage_page(const BaggagePage& page);

}  // namespace luolab
