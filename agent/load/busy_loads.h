// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/failure.h"
#include "agent/load/load.h"
#include "agent/load/load_threads.h"
#include "core/wire/load_sequence.h"

namespace luolab {

// The loads that keep a part of the machine busy. Each counts its steps, and those that went wrong.

/// Reads pages of a memfd with pattern `records` over and over. A page is bad when it is not a
/// whole record of its place at several looks, milliseconds apart: its writer would be through.
Outcome<std::unique_ptr<Load>> start_memory_reader(int memfd, std::uint64_t size_bytes,
                                                   std::uint64_t mark, const LoadShape& shape,
                                                   const LoadPace& pace);

/// Computes digests of a block and compares them: bad where two differ.
std::unique_ptr<Load> start_cpu_load(const LoadPace& pace);

/// Makes children that exit at once; bad where the kernel makes none, or one ends otherwise.
std::unique_ptr<Load> start_fork_load(const LoadPace& pace);

/// Writes blocks into a file for each thread, and reads them back. PID 1 mounts a
/// tmpfs at `folder`; `device` is a block device to write as well, or empty. What fails on the
/// device once the kernel is being left is not bad.
Outcome<std::unique_ptr<Load>> start_io_load(const std::string& folder, const std::string& device,
                                             const LoadPace& pace);

/// Takes anonymous memory until only `leave_bytes` are available (MemAvailable), touches it over
/// and over, and gives it back when there is less.
std::unique_ptr<Load> start_pressure(std::uint64_t leave_bytes, const LoadPace& pace);

/// Makes sessions, preserves files in them and closes them, on all threads at once, and leaves up to
/// 2000 files of each thread in a session that stays; bad where a call fails, or a file is not frozen
/// while its session is there, or still is when it is not.
Outcome<std::unique_ptr<Load>> start_session_load(const LoadPace& pace);

/// Runs a program over and over; bad where it can't be started or fails.
Outcome<std::unique_ptr<Load>> start_program(const std::string& path,
                                             const std::vector<std::string>& arguments,
                                             const LoadPace& pace);

}  // namespace luolab
