// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/baggage_page.h"
#include "agent/failure.h"
#include "agent/mapping.h"
#include "agent/owned_fd.h"
#include "agent/stamper.h"

namespace luolab {

/// What the agent carries from kernel to kernel in a session of its own: a page of notes (nonce,
/// hop, last stamps) and files (later hops' kernels and initrds). All of it lies in preserved
/// memory only. One thread.
class Baggage {
 public:
  /// `folder`: where the initramfs keeps files that are not yet in the baggage.
  explicit Baggage(std::string folder) : folder_(std::move(folder)) {}

  /// Creates the session and preserves the notes and the named files in it. EBUSY where it is
  /// packed already. After a failure nothing is packed.
  Outcome<BaggageNote> pack(const std::string& nonce, std::uint32_t hop,
                            const std::vector<std::string>& files);

  /// Retrieves notes and files and finishes the session, so that the next hop can pack again.
  Outcome<BaggageNote> unpack();

  /// A file that was unpacked, or else one of the folder, open for reading.
  Outcome<OwnedFd> open_file(const std::string& name) const;

  /// Stamps the notes until the object returned is destroyed; null where nothing is packed.
  std::unique_ptr<Stamper> start_stamping();
  /// Notes that reboot(2) is about to be called, which is the last stamp where a single CPU leaves
  /// the Stamper no time.
  void note_reboot_call();

 private:
  struct Packed {
    OwnedFd session;
    OwnedFd notes;
    Mapping page;
  };

  Outcome<OwnedFd> as_memfd(const std::string& name) const;
  Outcome<BaggageNote> unpack_session(int session);

  std::string folder_;
  std::optional<Packed> packed_;
  std::map<std::string, OwnedFd> files_;  // memfds, kept for the next hops
};

/// Whether a name is one of a file right in a folder: no separator, not "..", not too long.
bool is_plain_file_name(const std::string& name);

}  // namespace luolab
