// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "agent/load/busy_loads.h"
#include "agent/load/memory_writer.h"
#include "agent/load/record_scan.h"
#include "agent/mapping.h"
#include "agent/memfd.h"
#include "agent/operations.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

using wire::field::kLoad;
using wire::field::kMemfd;
using Starting = Outcome<std::unique_ptr<Load>>;

constexpr std::uint64_t kLeaveBytes = std::uint64_t{64} << 20;
constexpr const char* kIoFolder = "/luolab-io";

// A memfd by its handle, with its size.
struct Held {
  int fd = -1;
  std::uint64_t size_bytes = 0;
};

Outcome<Held> held_memfd(const Holdings& holdings, const std::string& name) {
  const Outcome<int> fd = holdings.memfd(name);
  if (!fd) return fd.failure();
  const Outcome<std::uint64_t> size = memfd_size(*fd, name);
  if (!size) return size.failure();
  return Held{*fd, *size};
}

LoadPace read_pace(Arguments& arguments) {
  const std::uint64_t threads = arguments.number_or("threads", 1);
  if (threads == 0 || threads > wire::kWriterLimit) {
    arguments.reject("threads: must be from 1 to " + std::to_string(wire::kWriterLimit));
  }
  return {static_cast<std::uint32_t>(threads), arguments.flag("pinned"),
          arguments.number_or("rate", 0)};
}

LoadShape read_shape(Arguments& arguments, std::uint64_t size_bytes, std::uint32_t writers) {
  const std::string name = arguments.text_or("order", "sequential");
  const auto order = parse_order(name);
  if (!order) {
    arguments.reject("order: \"" + name + "\" is none of sequential, random, hot-spot");
  }
  const LoadShape shape{order.value_or(LoadOrder::sequential), arguments.number_or("order_seed", 0),
                        size_bytes / kPageBytes, writers};
  if (shape.pages < shape.writers) {
    arguments.reject("threads: " + std::to_string(writers) + " are more than the memfd's " +
                     std::to_string(shape.pages) + " whole pages");
  }
  return shape;
}

Starting start_writer(Holdings& holdings, Arguments& arguments) {
  MemoryWriterRequest request;
  request.pace = read_pace(arguments);
  request.key = {arguments.number("seed"), arguments.number("mark")};
  request.resume = arguments.flag("resume");
  request.drop_store = arguments.flag("drop_store");
  const Outcome<Held> memfd = held_memfd(holdings, arguments.text(kMemfd));
  if (!memfd) return memfd.failure();
  const Outcome<Held> journal = held_memfd(holdings, arguments.text("journal"));
  if (!journal) return journal.failure();
  request.shape = read_shape(arguments, memfd->size_bytes, request.pace.threads);
  if (journal->size_bytes < request.pace.threads * kPageBytes) {
    arguments.reject("journal: must have a page for each thread");
  }
  if (arguments.problem()) return *arguments.problem();
  request.memfd = memfd->fd;
  request.memfd_bytes = memfd->size_bytes;
  request.journal = journal->fd;
  return MemoryWriter::start(request);
}

Starting start_reader(Holdings& holdings, Arguments& arguments) {
  const LoadPace pace = read_pace(arguments);
  const std::uint64_t mark = arguments.number("mark");
  const Outcome<Held> memfd = held_memfd(holdings, arguments.text(kMemfd));
  if (!memfd) return memfd.failure();
  const LoadShape shape = read_shape(arguments, memfd->size_bytes, pace.threads);
  if (arguments.problem()) return *arguments.problem();
  return start_memory_reader(memfd->fd, memfd->size_bytes, mark, shape, pace);
}

Starting start_program(const Holdings& holdings, Arguments& arguments) {
  const std::string file = arguments.text("file");
  const std::vector<std::string> words = arguments.texts("args");
  const LoadPace pace = read_pace(arguments);
  if (!is_plain_file_name(file)) arguments.reject("file: must be a name without folders");
  if (arguments.problem()) return *arguments.problem();
  return start_program(holdings.files_folder + "/" + file, words, pace);
}

Starting start_busy(const std::string& kind, Arguments& arguments) {
  const LoadPace pace = read_pace(arguments);
  const std::uint64_t leave = arguments.number_or("leave", kLeaveBytes);
  const std::string folder = arguments.text_or("folder", kIoFolder);
  const std::string device = arguments.text_or("device", "");  // what is on it is lost
  if (arguments.problem()) return *arguments.problem();
  if (kind == "cpu") return start_cpu_load(pace);
  if (kind == "fork") return start_fork_load(pace);
  if (kind == "pressure") return start_pressure(leave, pace);
  if (kind == "sessions") return start_session_load(pace);
  if (kind == "io") return start_io_load(folder, device, pace);
  arguments.reject("kind: \"" + kind +
                   "\" is none of memory-writer, memory-reader, cpu, fork, io, pressure, "
                   "sessions, exec");
  return *arguments.problem();
}

Starting start_load(Holdings& holdings, Arguments& arguments, const std::string& kind) {
  if (kind == "memory-writer") return start_writer(holdings, arguments);
  if (kind == "memory-reader") return start_reader(holdings, arguments);
  if (kind == "exec") return start_program(holdings, arguments);
  return start_busy(kind, arguments);
}

Outcome<Mapping> map_held(const Held& memfd, const std::string& name) {
  Outcome<Mapping> mapping = Mapping::of(memfd.fd, memfd.size_bytes, Mapping::Access::read, name);
  if (!mapping) return mapping;
  if (Done ready = mapping->populate(0, memfd.size_bytes); !ready) return ready.failure();
  return mapping;
}

}  // namespace

Outcome<Json> load_start(Holdings& holdings, Arguments& arguments) {
  const std::string name = arguments.text(kLoad);
  const std::string kind = arguments.text("kind");
  if (arguments.problem()) return *arguments.problem();
  if (Done free = holdings.loads.check_free(name); !free) return free.failure();
  Starting load = start_load(holdings, arguments, kind);
  if (!load) return load.failure();
  holdings.loads.add(name, *std::move(load));
  return Json::object();
}

Outcome<Json> load_stop(Holdings& holdings, Arguments& arguments) {
  const std::string name = arguments.text(kLoad);
  if (arguments.problem()) return *arguments.problem();
  return holdings.loads.stop(name);
}

Outcome<Json> load_status(Holdings& holdings, Arguments& arguments) {
  const std::string name = arguments.text(kLoad);
  if (arguments.problem()) return *arguments.problem();
  return holdings.loads.figures(name);
}

Outcome<Json> load_journal(Holdings& holdings, Arguments& arguments) {
  const std::string name = arguments.text(kMemfd);
  const std::string journal_name = arguments.text("journal");
  const LoadPace pace = read_pace(arguments);
  if (arguments.problem()) return *arguments.problem();
  const Outcome<Held> memfd = held_memfd(holdings, name);
  if (!memfd) return memfd.failure();
  const Outcome<Held> journal = held_memfd(holdings, journal_name);
  if (!journal) return journal.failure();
  const LoadShape shape = read_shape(arguments, memfd->size_bytes, pace.threads);
  if (journal->size_bytes < pace.threads * kPageBytes) {
    arguments.reject("journal: must have a page for each thread");
  }
  if (arguments.problem()) return *arguments.problem();
  const Outcome<Mapping> memory = map_held(*memfd, name);
  if (!memory) return memory.failure();
  const Outcome<Mapping> journals = map_held(*journal, journal_name);
  if (!journals) return journals.failure();
  return Json{{"writers", scan_journals(memory->bytes(), journals->bytes(), shape)}};
}

Outcome<Json> load_records(Holdings& holdings, Arguments& arguments) {
  const std::string name = arguments.text(kMemfd);
  const std::uint64_t mark = arguments.number("mark");
  const std::uint64_t first = arguments.number("first");
  const std::uint64_t count = arguments.number("count");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<Held> memfd = held_memfd(holdings, name);
  if (!memfd) return memfd.failure();
  const std::uint64_t pages = memfd->size_bytes / kPageBytes;
  if (count > wire::kRecordLimit || first > pages || count > pages - first) {
    arguments.reject("count: pages " + std::to_string(first) + " and " + std::to_string(count) +
                     " on, of " + std::to_string(pages) + "; at most " +
                     std::to_string(wire::kRecordLimit));
  }
  if (arguments.problem()) return *arguments.problem();
  const Outcome<Mapping> memory = map_held(*memfd, name);
  if (!memory) return memory.failure();
  return scan_records(memory->bytes(), mark, first, count);
}

}  // namespace luolab
