// SPDX-License-Identifier: Apache-2.0
#include "agent/operations.h"

#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

struct Entry {
  std::string_view name;
  Operation operation;
};

constexpr Entry kOperations[] = {
    {wire::op::kSessionCreate, session_create},
    {wire::op::kSessionRetrieve, session_retrieve},
    {wire::op::kSessionName, session_get_name},
    {wire::op::kSessionClose, session_close},
    {wire::op::kPreserve, preserve},
    {wire::op::kRetrieve, retrieve},
    {wire::op::kFinish, finish},
    {wire::op::kMemfdCreate, memfd_create_filled},
    {wire::op::kMemfdSeal, memfd_seal},
    {wire::op::kMemfdSeek, memfd_seek},
    {wire::op::kMemfdStat, memfd_stat},
    {wire::op::kMemfdWrite, memfd_write},
    {wire::op::kMemfdClose, memfd_close},
    {wire::op::kMemfdDigest, memfd_digest},
    {wire::op::kMemfdPages, memfd_pages},
    {wire::op::kMemfdHeads, memfd_heads},
    {wire::op::kBenchRead, bench_read},
    {wire::op::kBenchDigest, bench_digest},
    {wire::op::kCalibrate, calibrate},
    {wire::op::kBaggagePack, baggage_pack},
    {wire::op::kBaggageUnpack, baggage_unpack},
    {wire::op::kKexecLoad, kexec_load},
    {wire::op::kInfo, info},
    {"session.as_file", session_as_file},
    {"memfd.truncate", memfd_truncate},
    {"memfd.fallocate", memfd_fallocate},
    {"memfd.read", memfd_read},
    {"memfd.frames", memfd_frames},
    {"memfd.pageout", memfd_pageout},
    {"file.dup", file_dup},
    {"file.reopen", file_reopen},
    {"file.open", file_open},
    {"file.setfl", file_setfl},
    {"file.chmod", file_chmod},
    {"file.chown", file_chown},
    {"pipe", make_pipe},
    {"mount.tmpfs", mount_tmpfs},
    {"mount.pstore", mount_pstore},
    {"device.open", device_open},
    {"ioctl", raw_ioctl},
    {"starve", starve},
    {"actor.start", actor_start},
    {"actor.kill", actor_kill},
    {"log.count", log_count},
    {"memory.drop_caches", memory_drop_caches},
    {"memory.compact", memory_compact},
    {"memory.pressure", memory_pressure},
    {"memory.leaks", memory_leaks},
    {"swap.on", memory_swap_on},
    {"swap.off", memory_swap_off},
    {"cgroup.create", cgroup_create},
    {"cgroup.stat", cgroup_stat},
    {wire::op::kLoadStart, load_start},
    {wire::op::kLoadStop, load_stop},
    {wire::op::kLoadStatus, load_status},
    {wire::op::kLoadJournal, load_journal},
    {wire::op::kLoadRecords, load_records},
};

}  // namespace

Operation find_operation(std::string_view name) {
  for (const Entry& entry : kOperations) {
    if (entry.name == name) return entry.operation;
  }
  return nullptr;
}

}  // namespace luolab
