// SPDX-License-Identifier: Apache-2.0
#include "scenarios/step_catalog.h"

#include <algorithm>

#include "scenarios/model.h"

namespace luolab {
namespace {

using Kind = MemberKind;

constexpr NumberRange kMany{1, kMostMemfds};
constexpr NumberRange kThreads{1, kMostThreads};

StepMember handle(std::string_view name) { return {name, Kind::handle}; }
StepMember number(std::string_view name, NumberRange range = {}) {
  return {name, Kind::number, true, {}, range};
}
StepMember size(std::string_view name) { return {name, Kind::size}; }
StepMember text(std::string_view name, std::vector<std::string_view> choices = {}) {
  return {name, Kind::text, true, std::move(choices)};
}
StepMember words(std::string_view name, std::vector<std::string_view> choices) {
  return {name, Kind::words, true, std::move(choices)};
}
StepMember optional(StepMember member) {
  member.required = false;
  return member;
}
StepMember flag(std::string_view name) { return {name, Kind::flag, false}; }

StepOperation lab_operation(std::string_view name, std::vector<StepMember> members = {}) {
  return {name, std::move(members), false, false};
}

std::vector<StepOperation> session_operations() {
  const std::vector<StepMember> named{handle("session"), optional(text("name")),
                                      optional(number("name_bytes")),
                                      optional(number("count", kMany))};
  std::vector<StepMember> raced = named;
  raced.push_back(optional(number("threads", kThreads)));
  return {
      {"session.create", named},
      {"session.retrieve", raced},
      {"session.name", {handle("session")}},
      {"session.close", {handle("session")}},
      {"session.as_file", {handle("session"), handle("as")}},
      {"preserve",
       {handle("session"),
        optional(handle("memfd")),
        {"fd", Kind::signed_number, false},
        number("token"),
        optional(number("count", kMany))}},
      {"retrieve",
       {handle("session"), handle("memfd"), number("token"),
        optional(number("threads", kThreads))}},
      {"finish", {handle("session")}},
      lab_operation("sessions.preserve"),
      lab_operation("sessions.retrieve"),
      lab_operation("sessions.verify"),
      lab_operation("sessions.finish"),
      lab_operation("verify", {handle("memfd"), optional(handle("handle"))}),
  };
}

std::vector<StepOperation> memfd_operations() {
  return {
      {"memfd.create",
       {handle("memfd"), size("size"), optional(text("pattern", {"zero", "random", "records"})),
        optional(number("seed")), optional(number("mark")), flag("thp"),
        optional(words("flags", {"noexec_seal", "exec", "hugetlb", "cloexec"}))}},
      {"memfd.stat", {handle("memfd"), flag("huge")}},
      {"memfd.seal",
       {handle("memfd"),
        words("seals", {"seal", "shrink", "grow", "write", "future_write", "exec"})}},
      {"memfd.seek", {handle("memfd"), size("position")}},
      {"memfd.write",
       {handle("memfd"),
        size("offset"),
        {"hex", Kind::bytes},
        optional(text("via", {"pwrite", "mmap"}))}},
      {"memfd.read", {handle("memfd"), size("offset"), size("length")}},
      {"memfd.truncate", {handle("memfd"), size("size")}},
      {"memfd.fallocate",
       {handle("memfd"), size("offset"), size("length"),
        optional(text("mode", {"default", "keep_size", "punch_hole", "zero_range"})), flag("thp")}},
      {"memfd.digest", {handle("memfd"), flag("sha256")}},
      {"memfd.frames", {handle("memfd")}},
      {"memfd.pageout", {handle("memfd")}},
      {"memfd.close", {handle("memfd")}},
  };
}

std::vector<StepOperation> file_operations() {
  return {
      {"file.dup", {handle("memfd"), handle("as")}},
      {"file.reopen", {handle("memfd"), handle("as"), text("access", {"rdonly", "rdwr", "path"})}},
      {"file.open",
       {handle("as"), text("path"),
        optional(words("flags", {"rdonly", "rdwr", "creat", "tmpfile", "path", "directory"}))}},
      {"file.setfl", {handle("memfd"), words("flags", {"append", "nonblock"})}},
      {"file.chmod", {handle("memfd"), text("mode")}},
      {"file.chown", {handle("memfd"), number("uid"), number("gid")}},
      {"pipe", {handle("as")}},
      {"mount.tmpfs", {text("path")}},
      {"mount.pstore", {text("path")}},
  };
}

std::vector<StepOperation> machine_operations() {
  return {
      {"device.open", {handle("as")}},
      {"ioctl",
       {handle("handle"),
        text("call",
             {"create", "retrieve", "preserve", "retrieve_fd", "finish", "name", "unknown"}),
        optional(number("size")), flag("tail"), optional(text("pointer", {"bad", "read_only"})),
        optional(text("name")), optional(number("token")), optional(number("reserved"))}},
      {"starve",
       {text("call", {"create", "preserve", "retrieve", "retrieve_fd"}), handle("session"),
        optional(handle("memfd")), optional(number("token"))}},
      lab_operation("kexec"),
      lab_operation("actor.start",
                    {handle("actor"), optional(number("uid")), optional(handle("cgroup"))}),
      lab_operation("actor.kill", {handle("actor")}),
      {"info", {}},
      {"log.count", {text("text")}},
      {"memory.drop_caches", {}},
      {"memory.compact", {}},
      {"memory.pressure", {size("leave"), optional(number("rounds"))}},
      {"memory.leaks", {}},
      {"swap.on", {optional(text("path"))}},
      {"swap.off", {optional(text("path"))}},
      {"cgroup.create", {handle("cgroup"), optional(size("memory_max"))}},
      {"cgroup.stat", {handle("cgroup")}},
  };
}

std::vector<StepOperation> all_operations() {
  std::vector<StepOperation> all;
  for (auto part :
       {session_operations(), memfd_operations(), file_operations(), machine_operations()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

std::span<const StepOperation> step_operations() {
  static const std::vector<StepOperation> kAll = all_operations();
  return kAll;
}

const StepOperation* find_step_operation(std::string_view name) {
  const auto all = step_operations();
  const auto found = std::ranges::find(all, name, &StepOperation::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace luolab
