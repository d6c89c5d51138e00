// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_machine.h"

#include <algorithm>
#include <array>

#include <boost/describe/enum_to_string.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/wire/load_journal.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kHz = 1'000'000'000;
constexpr std::size_t kMostEvents = 100'000;

std::string hex_bytes(std::span<const std::byte> bytes) {
  std::string hex;
  for (const std::byte byte : bytes) hex += fmt::format("{:02x}", std::to_integer<int>(byte));
  return hex;
}

std::span<const std::byte> page_in(std::span<const std::byte> bytes, std::uint64_t page) {
  return bytes.subspan(page * kPageBytes,
                       std::min<std::size_t>(kPageBytes, bytes.size() - page * kPageBytes));
}

json::array hex_ranges(const DigestTree& tree) {
  json::array ranges;
  for (const Digest128& range : tree.ranges) ranges.push_back(json::string(hex(range)));
  return ranges;
}

}  // namespace

std::uint64_t FakeMachine::tsc() const {
  const auto ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now_.time_since_epoch()).count());
  return misdeeds_.slow_clock ? ns / 2 : ns;
}

void FakeMachine::push(TargetEvent event) {
  event.at = now_;
  events_.push_back(std::move(event));
}

void FakeMachine::console(const std::string& line) {
  push({TargetEvent::Kind::console_line, TargetEvent::By::nobody, line, 0, {}});
}

void FakeMachine::agent(json::object message) {
  message["at"] = json::object{{"tsc", tsc()}, {"monotonic_ns", 1'000'000'000}};
  push({TargetEvent::Kind::agent_line, TargetEvent::By::nobody, json::serialize(message), 0, {}});
}

void FakeMachine::boot(std::uint32_t kernel, bool incoming) {
  const KernelIdentity& identity = plan_.kernels[kernel];
  if (!incoming || !misdeeds_.no_banner)
    console("[    0.000000] Linux version " + identity.release + " (x@y)");
  if (incoming && misdeeds_.extra_banner)
    console("[    0.000000] Linux version " + identity.release + " (x@y)");
  pass(std::chrono::milliseconds{1000});
  const std::uint64_t start = tsc();
  pass(std::chrono::milliseconds{5});
  const bool luo = incoming ? !misdeeds_.no_liveupdate_after : !misdeeds_.no_liveupdate;
  agent({{"hello",
          json::object{
              {"protocol", 1},
              {"boot_id", incoming && !misdeeds_.same_boot_id ? fmt::format("boot-{}", hop_ + 1)
                                                              : std::string("boot-0")},
              {"release", identity.release},
              {"kernel_build_id",
               incoming && misdeeds_.other_kernel ? std::string("feedbeef") : identity.build_id},
              {"liveupdate", luo},
              {"tsc", json::object{{"hz", kHz}, {"source", "fake"}}},
              {"start", json::object{{"tsc", start}, {"monotonic_ns", 900'000'000}}}}}});
}

const MemfdPlan& FakeMachine::memfd(const std::string& title) const {
  for (const LoadPlan& load : plan_.loads) {
    if (load.journal && load.journal->title == title) return *load.journal;
  }
  return *std::ranges::find(plan_.memfds, title, &MemfdPlan::title);
}

// Of writers that were stopped before their first step.
json::object FakeMachine::journals(const json::object& request) {
  json::array writers;
  for (std::uint32_t writer = 0; writer < request.at("threads").as_int64(); ++writer) {
    std::array<std::byte, kPageBytes> page;
    write_journal(memfd(std::string(request.at("memfd").as_string())).key.mark, writer, page);
    writers.push_back(json::object{{"journal", hex_bytes(page)}});
  }
  return {{"writers", std::move(writers)}};
}

void FakeMachine::acknowledge(const json::object& start) {
  const std::string kind(start.at("kind").as_string());
  json::object figures{{"load", start.at("load")}};
  if (kind == "memory-writer") {
    figures["done"] = json::array{misdeeds_.loses_steps ? 5 : 0, 0};
  } else {
    figures["count"] = 70;
    figures["bad"] = misdeeds_.load_goes_wrong ? 1 : 0;
    figures["first_bad"] = "a digest came out differently";
  }
  agent({{"ack", std::move(figures)}});
}

json::object FakeMachine::digest(const std::string& title) {
  DigestTree tree = memfd(title).expected;
  if (updated_ && misdeeds_.contents.contains(title)) {
    DigestTreeBuilder builder(plan_.job.range_bytes, HashKind::scalar, true);
    builder.add(misdeeds_.contents.at(title));
    tree = builder.finish();
  }
  std::string whole = hex(tree.whole);
  json::array ranges = hex_ranges(tree);
  if ((updated_ && misdeeds_.flip_after_update) || (!updated_ && misdeeds_.wrong_fill)) {
    whole = std::string(32, '0');
    if (!ranges.empty()) ranges[0] = whole;
  }
  json::object marks{{"count", 0}, {"first", json::array()}};
  if (updated_ && misdeeds_.swap_pages) {
    marks = {{"count", 2},
             {"first", json::array{json::object{{"page", 3}}, json::object{{"page", 4}}}}};
  }
  return {{"digest", whole}, {"ranges", ranges}, {"bad_marks", marks}, {"sha256", tree.sha256}};
}

std::vector<std::byte> FakeMachine::content(const std::string& title) const {
  const auto given = misdeeds_.contents.find(title);
  return updated_ && given != misdeeds_.contents.end() ? given->second : content_of(memfd(title));
}

json::object FakeMachine::pages(const json::object& request) {
  const std::vector<std::byte> bytes = content(std::string(request.at("memfd").as_string()));
  const auto first = request.at("first").to_number<std::uint64_t>();
  const auto end = first + request.at("count").to_number<std::uint64_t>();
  std::string digests;
  for (std::uint64_t page = first; page < end && page * kPageBytes < bytes.size(); ++page) {
    digests += fmt::format("{:016x}", page_digest(HashKind::scalar, page_in(bytes, page)));
  }
  return {{"first", first}, {"bytes", bytes.size()}, {"digests", digests}};
}

json::object FakeMachine::heads(const json::object& request) {
  const std::vector<std::byte> bytes = content(std::string(request.at("memfd").as_string()));
  const auto whole = request.at("whole").to_number<std::uint64_t>();
  json::array heads;
  for (const json::value& run : request.at("runs").as_array()) {
    const auto first = run.at("first").to_number<std::uint64_t>();
    const auto end = first + run.at("count").to_number<std::uint64_t>();
    for (std::uint64_t page = first; page < end; ++page) {
      const auto found = page_in(bytes, page);
      json::object head{{"page", page},
                        {"head", hex_bytes(found.first(std::min<std::size_t>(found.size(), 40)))},
                        {"tail", hex_bytes(found.last(std::min<std::size_t>(found.size(), 8)))}};
      if (heads.size() < whole) head["bytes"] = hex_bytes(found);
      heads.push_back(std::move(head));
    }
  }
  return {{"heads", std::move(heads)}};
}

json::object FakeMachine::stat(const std::string& title) {
  const MemfdSpec& spec = memfd(title).spec;
  json::array seals;
  for (const Seal seal : spec.seals)
    seals.push_back(json::string(boost::describe::enum_to_string(seal, "")));
  return {{"size", spec.size_bytes},
          {"position", misdeeds_.lost_position ? 0 : spec.position_bytes},
          {"seals", misdeeds_.lost_seals ? json::array() : seals}};
}

json::array FakeMachine::packed_file(std::string_view digest) {
  return {json::object{{"name", "kernel-1"}, {"size", 7}, {"xxh3", digest}}};
}

json::object FakeMachine::result_of(const json::object& request) {
  const std::string op(request.at("op").as_string());
  const auto title = [&] { return std::string(request.at("memfd").as_string()); };
  if (op == "memfd.digest") return digest(title());
  if (op == "retrieve") return stat(title());
  if (op == "memfd.pages") return pages(request);
  if (op == "memfd.heads") return heads(request);
  if (op == "load.journal") return journals(request);
  if (op == "info") return {{"tainted", misdeeds_.tainted ? 512 : 0}};
  if (op == "baggage.pack") return {{"files", packed_file("aa")}};
  if (op == "baggage.unpack") {
    return {{"nonce", misdeeds_.other_nonce ? std::string("0123") : plan_.secrets.nonce},
            {"hop", hop_ + 1},
            {"last_user_tsc", last_user_tsc_},
            {"reboot_call_tsc", last_user_tsc_ - 1000},
            {"files", packed_file(misdeeds_.alters_baggage ? "bb" : "aa")}};
  }
  return {};
}

void FakeMachine::answer(const json::object& request) {
  const std::string op(request.at("op").as_string());
  asked_.insert(op);
  requests_.push_back(request);
  if (misdeeds_.talks_nonsense && op == "preserve") {
    push({TargetEvent::Kind::agent_line, TargetEvent::By::nobody, "Segmentation fault", 0, {}});
    return;
  }
  if (misdeeds_.restarts_unasked && op == "finish") {
    boot(plan_.job.outgoing, true);
    return;
  }
  if (op == "kexec") return answer_kexec();
  const std::uint64_t start = tsc();
  pass(std::chrono::milliseconds{2});
  json::object message{{"id", request.at("id")}, {"tsc", json::array{start, tsc()}}};
  if (op == "kexec.load" && hop_ >= misdeeds_.no_room_from_hop) {
    message["ok"] = false;
    message["error"] = json::object{
        {"call", "kexec_file_load"}, {"errno", "EADDRNOTAVAIL"}, {"detail", "in a test"}};
  } else if (const auto refused = misdeeds_.refused.find(op); refused != misdeeds_.refused.end()) {
    message["ok"] = false;
    message["error"] = json::object{
        {"call", misdeeds_.refused_call}, {"errno", refused->second}, {"detail", "in a test"}};
  } else {
    message["ok"] = true;
    message["result"] = result_of(request);
  }
  agent(std::move(message));
  if (op == "load.start") acknowledge(request);
  if (op == "info" && hop_ + 1 < plan_.job.hops.size()) {
    ++hop_;
    updated_ = true;
  }
}

void FakeMachine::answer_kexec() {
  agent({{"id", requests_.back().at("id")}, {"ok", true}, {"going", true}});
  if (misdeeds_.refuses_first_kexec && !refused_kexec_) {
    refused_kexec_ = true;
    agent({{"id", requests_.back().at("id")},
           {"ok", false},
           {"error", json::object{{"call", "reboot(LINUX_REBOOT_CMD_KEXEC)"},
                                  {"errno", "EINVAL"},
                                  {"detail", "nothing is loaded"}}}});
    return;
  }
  last_user_tsc_ = tsc();
  pass(std::chrono::milliseconds{100});
  const auto ends = [&](TargetEvent::By by, const char* why) {
    push({TargetEvent::Kind::gone, by, why, 0, {}});
  };
  if (misdeeds_.never_comes_back) return;
  if (misdeeds_.killed) return ends(TargetEvent::By::host, "QEMU was killed by signal 9");
  if (misdeeds_.resets_itself) return ends(TargetEvent::By::guest, "guest-reset");
  if (misdeeds_.cold_reset) {
    push({TargetEvent::Kind::reset, TargetEvent::By::host, "host-qmp-system-reset", 0, {}});
    return;
  }
  if (misdeeds_.panics) {
    console("[    0.000000] Linux version 7.3.4 (x@y)");
    console("[    0.100000] Kernel panic - not syncing: LUO: incompatible");
    console("[    0.100001] ---[ end Kernel panic - not syncing: LUO: incompatible ]---");
    return ends(TargetEvent::By::guest, "guest-panic");
  }
  updated_ = true;
  boot(plan_.job.hops[hop_], true);
  if (misdeeds_.warns) console("[    1.000000] WARNING: CPU: 0 PID: 1 at mm/memfd_luo.c:1 f+0x1");
}

AttemptReport FakeMachine::run(bool keeper_answers) {
  RunMachine machine(plan_, now_);
  boot(plan_.job.outgoing, false);
  for (std::size_t count = 0; !machine.finished() && count < kMostEvents; ++count) {
    if (events_.empty()) {
      now_ = machine.deadline();
      machine.on_deadline(now_, keeper_answers);
      continue;
    }
    const TargetEvent event = std::move(events_.front());
    events_.pop_front();
    const auto line = machine.on_event(event);
    if (line && !machine.finished()) answer(json::parse(*line).as_object());
  }
  page_map_ = machine.page_map();
  return machine.report();
}

void FakeMachine::run_until(
    RunMachine& machine,
    const std::function<bool(const TargetEvent&, const std::optional<std::string>&)>& seen) {
  boot(plan_.job.outgoing, false);
  while (!machine.finished() && !events_.empty()) {
    const TargetEvent event = std::move(events_.front());
    events_.pop_front();
    const auto line = machine.on_event(event);
    if (seen(event, line)) return;
    if (line && !machine.finished()) answer(json::parse(*line).as_object());
  }
}

std::vector<std::byte> content_of(const MemfdPlan& memfd) {
  std::vector<std::byte> content(memfd.layout.page_count() * kPageBytes);
  for (std::uint64_t page = 0; page < memfd.layout.page_count(); ++page) {
    fill_page(memfd.layout, wire_pattern(memfd.spec.pattern), memfd.key, page,
              PageBytes(content.data() + page * kPageBytes, kPageBytes));
  }
  content.resize(memfd.layout.size_bytes);
  return content;
}

RunPlan example_plan(std::size_t hops) {
  Job job;
  job.scenario = "example";
  job.kernels.resize(2);
  job.kernels[0].base.name = "linux-7.3";
  job.kernels[1].base.name = "linux-7.2";
  job.outgoing = 0;
  for (std::size_t hop = 0; hop < hops; ++hop) job.hops.push_back(hop % 2 == 0 ? 1 : 0);
  job.range_bytes = 64 << 10;
  SessionSpec session{"s", {}};
  session.memfds.push_back(
      {.name = "a", .token = 1, .size_bytes = (160 << 10) + 1, .sha256 = true});
  session.memfds.push_back({.name = "b",
                            .token = 2,
                            .size_bytes = 8192,
                            .pattern = Pattern::records,
                            .position_bytes = 4097,
                            .seals = {Seal::grow, Seal::shrink}});
  job.sessions.push_back(std::move(session));
  RunPlan plan{.job = std::move(job),
               .kernels = {{"build-0", "7.3.4", "aa00"}, {"build-1", "7.2.12", "bb11"}},
               .secrets = {"00112233445566778899aabbccddeeff", 42}};
  plan.cmdline = kernel_cmdline(plan.job);
  plan.memfds = plan_memfds(plan.job, plan.secrets);
  return plan;
}

RunPlan example_plan_with_load(std::size_t hops, bool quiesce) {
  RunPlan plan = example_plan(hops);
  plan.job.load = {{.kind = LoadKind::memory_writer, .memfd = "s/b", .threads = 2},
                   {.kind = LoadKind::cpu}};
  plan.job.quiesce = quiesce;
  plan.loads = plan_loads(plan.job, plan.memfds);
  return plan;
}

}  // namespace luolab
