// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace luolab {

/// Reads a size: digits with an optional unit B, KiB, MiB, GiB or TiB ("384MiB", "4096").
/// Decimal units (MB) are refused, since memory comes in powers of two. Empty where the text is
/// no size or the size does not fit 63 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// The largest binary unit that divides evenly: 402653184 -> "384MiB", 4097 -> "4097B".
std::string format_size(std::uint64_t size_bytes);

/// About, for people: 1503238553 -> "1.4 GiB".
std::string format_size_rounded(std::uint64_t size_bytes);

/// Reads a duration: digits (a decimal point is allowed) with a unit ns, us, ms, s, m or h.
/// "0" needs no unit. Empty where the text is none or does not fit 63 bits of nanoseconds.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Three significant digits in the fitting unit: "1.42 s", "208 ms", "85 us".
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace luolab
