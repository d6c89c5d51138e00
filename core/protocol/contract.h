// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace luolab {

/// What user space may expect of memfd preservation, as docs/contract.md tells it item by item.
inline constexpr std::uint32_t kContractItems = 23;

/// "content, byte for byte": item 1 to kContractItems in a few words; empty for another number.
std::string_view contract_title(std::uint32_t item);

}  // namespace luolab
