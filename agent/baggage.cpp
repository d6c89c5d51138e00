// SPDX-License-Identifier: Apache-2.0
#include "agent/baggage.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#include <cerrno>

#include "agent/clock.h"
#include "agent/luo.h"
#include "agent/memfd.h"

namespace luolab {
namespace {

constexpr std::uint64_t kNotesToken = 0;  // files follow from 1
constexpr const char* kNotesName = "luolab/notes";

const std::string& session_words() {
  static const std::string kName(wire::kBaggageSession);
  return kName;
}

BaggagePage& page_of(Mapping& mapping) {
  return *reinterpret_cast<BaggagePage*>(mapping.writable().data());
}

Outcome<OwnedFd> new_memfd(const std::string& name, std::uint64_t size_bytes) {
  OwnedFd fd(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return call_failed("memfd_create", name);
  if (ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0)
    return call_failed("ftruncate", name);
  return fd;
}

Done copy_file(int from, int to, std::uint64_t size_bytes, const std::string& name) {
  for (std::uint64_t copied = 0; copied < size_bytes;) {
    const ssize_t count =
        sendfile(to, from, nullptr, static_cast<std::size_t>(size_bytes - copied));
    if (count <= 0) return call_failed("sendfile", name + " into a memfd");
    copied += static_cast<std::uint64_t>(count);
  }
  return done();
}

Done check_limits(const std::string& nonce, const std::vector<std::string>& files) {
  if (nonce.size() > wire::kNonceLimitBytes) {
    return Failure{"request", EINVAL,
                   "nonce: longer than " + std::to_string(wire::kNonceLimitBytes) + " bytes"};
  }
  if (files.size() > wire::kBaggageFileLimit) {
    return Failure{"request", EINVAL,
                   "files: more than " + std::to_string(wire::kBaggageFileLimit)};
  }
  return done();
}

}  // namespace

bool is_plain_file_name(const std::string& name) {
  return !name.empty() && name.size() <= wire::kBaggageNameLimitBytes && name != "." &&
         name != ".." && name.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

Outcome<OwnedFd> Baggage::open_file(const std::string& name) const {
  if (!is_plain_file_name(name)) {
    return Failure{"request", EINVAL,
                   "\"" + name + "\" is not a file name of 1 to 63 bytes without \"/\""};
  }
  if (const auto held = files_.find(name); held != files_.end()) {
    OwnedFd copy(fcntl(held->second.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy) return call_failed("fcntl(F_DUPFD_CLOEXEC)", name);
    return copy;
  }
  const std::string path = folder_ + "/" + name;
  OwnedFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return call_failed("open", path + ", which is not in the baggage either");
  return file;
}

Outcome<OwnedFd> Baggage::as_memfd(const std::string& name) const {
  Outcome<OwnedFd> file = open_file(name);
  if (!file || files_.contains(name)) return file;
  const Outcome<std::uint64_t> size = memfd_size(file->get(), name);
  if (!size) return size.failure();
  Outcome<OwnedFd> memfd = new_memfd(std::string(wire::kBaggageSession) + "/" + name, *size);
  if (!memfd) return memfd;
  if (Done copied = copy_file(file->get(), memfd->get(), *size, name); !copied)
    return copied.failure();
  return memfd;
}

Outcome<BaggageNote> Baggage::pack(const std::string& nonce, std::uint32_t hop,
                                   const std::vector<std::string>& files) {
  if (Done within = check_limits(nonce, files); !within) return within.failure();
  if (packed_) return Failure{"request", EBUSY, "the baggage is packed already"};
  Outcome<OwnedFd> session = create_session(session_words());
  if (!session) return session.failure();
  BaggageNote note{nonce, hop, 0, 0, {}};
  std::uint64_t token = kNotesToken;
  for (const std::string& name : files) {
    Outcome<OwnedFd> file = as_memfd(name);
    if (!file) return file.failure();
    const Outcome<std::uint64_t> size = memfd_size(file->get(), name);
    if (!size) return size.failure();
    if (Done kept = preserve_fd(session->get(), file->get(), ++token, name); !kept)
      return kept.failure();
    note.files.push_back({name, *size});
    files_.insert_or_assign(name, *std::move(file));
  }
  Outcome<OwnedFd> notes = new_memfd(kNotesName, kPageBytes);
  if (!notes) return notes.failure();
  Outcome<Mapping> page = Mapping::of(notes->get(), kPageBytes, Mapping::Access::write, kNotesName);
  if (!page) return page.failure();
  write_baggage_page(page_of(*page), note);
  if (Done kept = preserve_fd(session->get(), notes->get(), kNotesToken, kNotesName); !kept)
    return kept.failure();
  packed_.emplace(Packed{*std::move(session), *std::move(notes), *std::move(page)});
  return note;
}

Outcome<BaggageNote> Baggage::unpack_session(int session) {
  const Outcome<OwnedFd> notes = retrieve_fd(session, kNotesToken, kNotesName);
  if (!notes) return notes.failure();
  Outcome<Mapping> page = Mapping::of(notes->get(), kPageBytes, Mapping::Access::write, kNotesName);
  if (!page) return page.failure();
  Outcome<BaggageNote> note = read_baggage_page(page_of(*page));
  if (!note) return note;
  std::uint64_t token = kNotesToken;
  for (const BaggageNote::File& file : note->files) {
    Outcome<OwnedFd> memfd = retrieve_fd(session, ++token, file.name);
    if (!memfd) return memfd.failure();
    const Outcome<std::uint64_t> size = memfd_size(memfd->get(), file.name);
    if (!size) return size.failure();
    if (*size != file.size_bytes) {
      return Failure{"baggage", EBADMSG,
                     file.name + " has " + std::to_string(*size) + " bytes, was packed with " +
                         std::to_string(file.size_bytes)};
    }
    files_.insert_or_assign(file.name, *std::move(memfd));
  }
  return note;
}

Outcome<BaggageNote> Baggage::unpack() {
  const Outcome<OwnedFd> session = retrieve_session(session_words());
  if (!session) return session.failure();
  Outcome<BaggageNote> note = unpack_session(session->get());
  if (!note) return note;
  if (Done finished = finish_session(session->get(), session_words()); !finished)
    return finished.failure();
  return note;
}

std::unique_ptr<Stamper> Baggage::start_stamping() {
  return packed_ ? std::make_unique<Stamper>(page_of(packed_->page).last_user_tsc) : nullptr;
}

void Baggage::note_reboot_call() {
  if (!packed_) return;
  BaggagePage& page = page_of(packed_->page);
  page.reboot_call_tsc = read_tsc();
  page.last_user_tsc = page.reboot_call_tsc;
}

}  // namespace luolab
