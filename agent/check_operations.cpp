// SPDX-License-Identifier: Apache-2.0
#include "agent/clock.h"
#include "agent/hex.h"
#include "agent/inspection.h"
#include "agent/mapping.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "agent/plain_read.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

using wire::field::kMemfd;

constexpr std::uint64_t kMostRepeats = 1000;

Outcome<Mapping> map_populated(int fd, std::uint64_t size_bytes, const std::string& memfd) {
  Outcome<Mapping> mapping = Mapping::of(fd, size_bytes, Mapping::Access::read, memfd);
  if (!mapping) return mapping;
  if (Done populated = mapping->populate(0, size_bytes); !populated) return populated.failure();
  return mapping;
}

void check_range_bytes(Arguments& arguments, std::uint64_t size_bytes, std::uint64_t range_bytes) {
  if (range_bytes == 0 || range_bytes % kPageBytes != 0) {
    arguments.reject("range_bytes: " + std::to_string(range_bytes) +
                     " is not a positive multiple of 4096");
  } else if (size_bytes / range_bytes >= wire::kRangeLimit) {
    arguments.reject("range_bytes: " + std::to_string(range_bytes) + " gives more than " +
                     std::to_string(wire::kRangeLimit) + " ranges; take larger ones");
  }
}

InspectionRequest read_request(Holdings& holdings, Arguments& arguments, std::uint64_t size_bytes) {
  InspectionRequest request;
  request.layout = arguments.layout(size_bytes);
  request.pattern = arguments.pattern();
  if (request.pattern && has_marks(*request.pattern)) request.mark = arguments.number("mark");
  request.range_bytes = arguments.number_or("range_bytes", kRangeBytes);
  request.sha256 = arguments.flag("sha256");
  request.hash = holdings.hash();
  check_range_bytes(arguments, size_bytes, request.range_bytes);
  return request;
}

Json to_json(const Inspection& report) {
  Json ranges = Json::array();
  for (const Digest128& range : report.tree.ranges) ranges.push_back(hex(range));
  Json first = Json::array();
  for (const BadMark& bad : report.first) {
    first.push_back({{"page", bad.page},
                     {"head", hex_word(bad.found.head)},
                     {"tail", hex_word(bad.found.tail)}});
  }
  Json result{{"bytes", report.tree.size_bytes},
              {"digest", hex(report.tree.whole)},
              {"ranges", std::move(ranges)},
              {"bad_marks", {{"count", report.bad_marks}, {"first", std::move(first)}}}};
  if (!report.tree.sha256.empty()) result["sha256"] = report.tree.sha256;
  return result;
}

// Runs `pass` over the mapped memory as often as asked, and tells the bytes and the TSC of each.
template <class Pass>
Outcome<Json> bench(Holdings& holdings, Arguments& arguments, Pass pass) {
  const std::string memfd = arguments.text(kMemfd);
  const std::uint64_t repeats = arguments.number_or("repeats", 1);
  if (repeats == 0 || repeats > kMostRepeats) arguments.reject("repeats: must be from 1 to 1000");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const Outcome<std::uint64_t> size = memfd_size(*fd, memfd);
  if (!size) return size.failure();
  const Outcome<Mapping> mapping = map_populated(*fd, *size, memfd);
  if (!mapping) return mapping.failure();
  Json passes = Json::array();
  Json last;
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const std::uint64_t start = read_tsc();
    last = pass(mapping->bytes());
    passes.push_back({start, read_tsc()});
  }
  return Json{{"bytes", *size}, {"passes", std::move(passes)}, {"value", std::move(last)}};
}

}  // namespace

Outcome<Json> memfd_digest(Holdings& holdings, Arguments& arguments) {
  const std::string memfd = arguments.text(kMemfd);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<int> fd = holdings.memfd(memfd);
  if (!fd) return fd.failure();
  const Outcome<std::uint64_t> size = memfd_size(*fd, memfd);
  if (!size) return size.failure();
  const InspectionRequest request = read_request(holdings, arguments, *size);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<Mapping> mapping = map_populated(*fd, *size, memfd);
  if (!mapping) return mapping.failure();
  const std::uint64_t start = read_tsc();
  const Inspection report = inspect(mapping->bytes(), request);
  const std::uint64_t end = read_tsc();
  Json result = to_json(report);
  result["pass_tsc"] = {start, end};
  result["hash"] = hash_name(request.hash);
  return result;
}

Outcome<Json> bench_read(Holdings& holdings, Arguments& arguments) {
  return bench(holdings, arguments,
               [](std::span<const std::byte> memory) { return hex_word(plain_read(memory)); });
}

Outcome<Json> bench_digest(Holdings& holdings, Arguments& arguments) {
  InspectionRequest request;
  request.pattern = arguments.pattern();
  request.mark = arguments.number_or("mark", 0);
  request.hash = holdings.hash();
  return bench(holdings, arguments, [&](std::span<const std::byte> memory) {
    request.layout = arguments.layout(memory.size());
    return hex(inspect(memory, request).tree.whole);
  });
}

Outcome<Json> calibrate(Holdings& holdings, Arguments&) {
  Json hashes = Json::array();
  for (const HashSpeed& speed : measure_hashes()) {
    hashes.push_back({{"kind", hash_name(speed.kind)},
                      {"bytes_per_second", static_cast<std::uint64_t>(speed.bytes_per_second)}});
  }
  return Json{{"hashes", std::move(hashes)}, {"chosen", hash_name(holdings.hash())}};
}

}  // namespace luolab
