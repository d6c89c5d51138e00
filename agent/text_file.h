// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace luolab {

/// The content of a small file of proc or sysfs, up to 1 MiB; empty where it can't be read.
std::string read_text(const std::string& path);

/// The first line of a file, without its newline.
std::string read_line(const std::string& path);

/// The number that a file holds; empty where it can't be read or is no number.
std::optional<std::uint64_t> read_number(const std::string& path);

/// Writes a knob of proc or sysfs. False where it is missing or refuses; errno says why.
bool write_text(const std::string& path, std::string_view text);

/// "MemTotal:  1012345 kB" lines as name -> KiB. Lines of another form are left out.
std::map<std::string, std::uint64_t> parse_meminfo(std::string_view text);

/// The GNU build id, in hexadecimal, among ELF notes (/sys/kernel/notes); empty where there is
/// none. Source: elf(5), "Notes".
std::string parse_build_id(std::string_view notes);

/// "name tsc" lines as name -> tsc. Lines of another form are left out.
std::map<std::string, std::uint64_t> parse_phase_stamps(std::string_view text);

/// Whether `word` is one of the words of a kernel command line.
bool has_word(std::string_view cmdline, std::string_view word);

}  // namespace luolab
