// SPDX-License-Identifier: Apache-2.0
#include "agent/load/record_scan.h"

#include <cstring>
#include <string_view>

#include "agent/hex.h"
#include "core/wire/agent_wire.h"
#include "core/wire/load_journal.h"

namespace luolab {
namespace {

ConstPageBytes page_at(std::span<const std::byte> memory, std::uint64_t page) {
  return ConstPageBytes(memory.data() + page * kPageBytes, kPageBytes);
}

std::string page_hex(ConstPageBytes page) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(page.data()), page.size()));
}

}  // namespace

Json scan_records(std::span<const std::byte> memory, std::uint64_t mark, std::uint64_t first,
                  std::uint64_t count) {
  Json records = Json::array();
  Json broken = Json::array();
  for (std::uint64_t page = first; page < first + count; ++page) {
    const ConstPageBytes bytes = page_at(memory, page);
    const auto stamp = read_record(mark, page, bytes);
    records.push_back(stamp ? Json{stamp->generation, stamp->writer} : Json::array());
    if (!stamp && broken.size() < wire::kSentBrokenPages) {
      broken.push_back({{"page", page}, {"bytes", page_hex(bytes)}});
    }
  }
  return {{"first", first}, {"records", std::move(records)}, {"broken", std::move(broken)}};
}

Json scan_journals(std::span<const std::byte> memory, std::span<const std::byte> journals,
                   const LoadShape& shape) {
  Json found = Json::array();
  for (std::uint32_t writer = 0; writer < shape.writers; ++writer) {
    const ConstPageBytes page = page_at(journals, writer);
    LoadJournalPage journal;
    std::memcpy(&journal, page.data(), sizeof journal);
    Json entry{{"journal", page_hex(page)}};
    if (journal.started != journal.done) {
      entry["page"] = page_hex(page_at(memory, load_page(shape, writer, journal.started)));
    }
    found.push_back(std::move(entry));
  }
  return found;
}

}  // namespace luolab
