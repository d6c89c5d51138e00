// SPDX-License-Identifier: Apache-2.0
#include "agent/clock.h"
#include "agent/hello.h"
#include "agent/hex.h"
#include "agent/kernel_log.h"
#include "agent/kexec.h"
#include "agent/mapping.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "agent/text_file.h"
#include "core/wire/digest_tree.h"

namespace luolab {
namespace {

Outcome<std::string> file_digest(const Holdings& holdings, const BaggageNote::File& file,
                                 HashKind hash) {
  const Outcome<OwnedFd> fd = holdings.baggage.open_file(file.name);
  if (!fd) return fd.failure();
  const Outcome<Mapping> mapping =
      Mapping::of(fd->get(), file.size_bytes, Mapping::Access::read, file.name);
  if (!mapping) return mapping.failure();
  DigestTreeBuilder builder(kRangeBytes, hash, false);
  builder.add(mapping->bytes());
  return hex(builder.finish().whole);
}

Outcome<Json> files_json(Holdings& holdings, const BaggageNote& note) {
  Json files = Json::array();
  for (const BaggageNote::File& file : note.files) {
    const Outcome<std::string> digest = file_digest(holdings, file, holdings.hash());
    if (!digest) return digest.failure();
    files.push_back({{"name", file.name}, {"size", file.size_bytes}, {"xxh3", *digest}});
  }
  return files;
}

std::string invented_nonce() { return hex_word(read_tsc()) + hex_word(read_tsc()); }

}  // namespace

Outcome<Json> baggage_pack(Holdings& holdings, Arguments& arguments) {
  const std::string nonce = arguments.text("nonce");
  const std::uint64_t hop = arguments.number("hop");
  const std::vector<std::string> files = arguments.texts("files");
  if (hop >= std::uint64_t{1} << 32) arguments.reject("hop: must be below 2^32");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<BaggageNote> packed =
      holdings.baggage.pack(nonce, static_cast<std::uint32_t>(hop), files);
  if (!packed) return packed.failure();
  Outcome<Json> listed = files_json(holdings, *packed);
  if (!listed) return listed;
  return Json{{"files", *std::move(listed)}};
}

Outcome<Json> baggage_unpack(Holdings& holdings, Arguments&) {
  Outcome<BaggageNote> note = holdings.baggage.unpack();
  if (!note) return note.failure();
  Outcome<Json> files = files_json(holdings, *note);
  if (!files) return files;
  if (holdings.misbehaviour.invents_nonce) note->nonce = invented_nonce();
  return Json{{"nonce", note->nonce},
              {"hop", note->hop},
              {"last_user_tsc", note->last_user_tsc},
              {"reboot_call_tsc", note->reboot_call_tsc},
              {"files", *std::move(files)}};
}

Outcome<Json> kexec_load(Holdings& holdings, Arguments& arguments) {
  const std::string kernel = arguments.text("kernel");
  const std::string initrd = arguments.text_or("initrd", "");
  const std::string cmdline = arguments.text_or("cmdline", "");
  if (arguments.problem()) return *arguments.problem();
  if (Done loaded = load_kernel(holdings.baggage, kernel, initrd, cmdline); !loaded) {
    return loaded.failure();
  }
  return Json::object();
}

Outcome<Json> info(Holdings&, Arguments&) {
  Json result{{"meminfo", parse_meminfo(read_text("/proc/meminfo"))},
              {"uptime", read_line("/proc/uptime")},
              {"loadavg", read_line("/proc/loadavg")},
              {"clocks", clocks_json(read_clocks())}};
  // The figures that steps compare, by names of their own.
  for (const auto& [member, entry] : {std::pair{"mem_total_kib", "MemTotal"},
                                      {"mem_free_kib", "MemFree"},
                                      {"mem_available_kib", "MemAvailable"},
                                      {"shmem_kib", "Shmem"},
                                      {"inactive_anon_kib", "Inactive(anon)"},
                                      {"committed_kib", "Committed_AS"},
                                      {"swap_free_kib", "SwapFree"}}) {
    if (result["meminfo"].contains(entry)) result[member] = result["meminfo"][entry];
  }
  if (result.contains("mem_total_kib") && result.contains("mem_free_kib")) {
    result["mem_used_kib"] =
        result["mem_total_kib"].get<std::uint64_t>() - result["mem_free_kib"].get<std::uint64_t>();
  }
  if (const auto tainted = read_number("/proc/sys/kernel/tainted")) result["tainted"] = *tainted;
  if (const auto huge = read_number("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"))
    result["huge_pages_free"] = *huge;
  if (const auto loaded = read_number("/sys/kernel/kexec_loaded")) result["kexec_loaded"] = *loaded;
  return result;
}

Outcome<Json> log_count(Holdings&, Arguments& arguments) {
  const std::string text = arguments.text("text");
  if (text.empty()) arguments.reject("text: must not be empty");
  if (arguments.problem()) return *arguments.problem();
  std::uint64_t lines = 0;
  std::string last;
  const bool read = visit_kernel_log([&](const std::string& line) {
    if (line.find(text) == std::string::npos) return;
    ++lines;
    last = line;
  });
  if (!read) return call_failed("open", "/dev/kmsg");
  return Json{{"lines", lines}, {"last", last}};
}

}  // namespace luolab
