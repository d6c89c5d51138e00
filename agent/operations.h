// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "agent/arguments.h"
#include "agent/failure.h"
#include "agent/holdings.h"
#include "agent/json.h"
#include "agent/memfd.h"

namespace luolab {

/// One operation of the protocol: reads its members, acts, and gives the "result". Failures leave
/// what was held as it was, but for what the kernel itself changed.
using Operation = Outcome<Json> (*)(Holdings& holdings, Arguments& arguments);

/// The operation of this name; nullptr where there is none. `batch`, `kexec` and `poweroff` are the
/// dispatcher's own.
Operation find_operation(std::string_view name);

// docs/agent-protocol.md describes each.

Outcome<Json> session_create(Holdings& holdings, Arguments& arguments);
Outcome<Json> session_retrieve(Holdings& holdings, Arguments& arguments);
Outcome<Json> session_get_name(Holdings& holdings, Arguments& arguments);
Outcome<Json> session_close(Holdings& holdings, Arguments& arguments);
Outcome<Json> preserve(Holdings& holdings, Arguments& arguments);
Outcome<Json> retrieve(Holdings& holdings, Arguments& arguments);
Outcome<Json> finish(Holdings& holdings, Arguments& arguments);

Outcome<Json> memfd_create_filled(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_seal(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_seek(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_stat(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_write(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_close(Holdings& holdings, Arguments& arguments);

Outcome<Json> memfd_digest(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_pages(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_heads(Holdings& holdings, Arguments& arguments);
Outcome<Json> bench_read(Holdings& holdings, Arguments& arguments);
Outcome<Json> bench_digest(Holdings& holdings, Arguments& arguments);
Outcome<Json> calibrate(Holdings& holdings, Arguments& arguments);

Outcome<Json> baggage_pack(Holdings& holdings, Arguments& arguments);
Outcome<Json> baggage_unpack(Holdings& holdings, Arguments& arguments);
Outcome<Json> kexec_load(Holdings& holdings, Arguments& arguments);
Outcome<Json> info(Holdings& holdings, Arguments& arguments);
Outcome<Json> log_count(Holdings& holdings, Arguments& arguments);

Outcome<Json> load_start(Holdings& holdings, Arguments& arguments);
Outcome<Json> load_stop(Holdings& holdings, Arguments& arguments);
Outcome<Json> load_status(Holdings& holdings, Arguments& arguments);
Outcome<Json> load_journal(Holdings& holdings, Arguments& arguments);
Outcome<Json> load_records(Holdings& holdings, Arguments& arguments);

// What scenarios ask for in their steps (docs/scenario-format.md); the worker passes it on.

Outcome<Json> session_as_file(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_truncate(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_fallocate(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_read(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_frames(Holdings& holdings, Arguments& arguments);
Outcome<Json> memfd_pageout(Holdings& holdings, Arguments& arguments);
Outcome<Json> file_dup(Holdings& holdings, Arguments& arguments);
Outcome<Json> file_reopen(Holdings& holdings, Arguments& arguments);
Outcome<Json> file_open(Holdings& holdings, Arguments& arguments);
Outcome<Json> file_setfl(Holdings& holdings, Arguments& arguments);
Outcome<Json> file_chmod(Holdings& holdings, Arguments& arguments);
Outcome<Json> file_chown(Holdings& holdings, Arguments& arguments);
Outcome<Json> make_pipe(Holdings& holdings, Arguments& arguments);
Outcome<Json> mount_tmpfs(Holdings& holdings, Arguments& arguments);
Outcome<Json> mount_pstore(Holdings& holdings, Arguments& arguments);
Outcome<Json> device_open(Holdings& holdings, Arguments& arguments);
Outcome<Json> raw_ioctl(Holdings& holdings, Arguments& arguments);
Outcome<Json> starve(Holdings& holdings, Arguments& arguments);
Outcome<Json> actor_start(Holdings& holdings, Arguments& arguments);
Outcome<Json> actor_kill(Holdings& holdings, Arguments& arguments);
Outcome<Json> memory_drop_caches(Holdings& holdings, Arguments& arguments);
Outcome<Json> memory_compact(Holdings& holdings, Arguments& arguments);
Outcome<Json> memory_pressure(Holdings& holdings, Arguments& arguments);
Outcome<Json> memory_leaks(Holdings& holdings, Arguments& arguments);
Outcome<Json> memory_swap_on(Holdings& holdings, Arguments& arguments);
Outcome<Json> memory_swap_off(Holdings& holdings, Arguments& arguments);
Outcome<Json> cgroup_create(Holdings& holdings, Arguments& arguments);
Outcome<Json> cgroup_stat(Holdings& holdings, Arguments& arguments);

/// The members of "stat", shared by memfd.stat and retrieve.
Json to_json(const MemfdStat& stat);

}  // namespace luolab
