// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace luolab::bench {

Journal::Journal(const std::string& file) {
  if (file.empty()) return;
  fd_ = UniqueFd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (fd_.get() < 0) throw std::system_error(errno, std::generic_category(), file);
}

void Journal::write(std::string_view line) {
  if (fd_.get() < 0) return;
  const std::string whole = std::string(line) + "\n";
  if (::write(fd_.get(), whole.data(), whole.size()) != static_cast<ssize_t>(whole.size()))
    throw std::system_error(errno, std::generic_category(), "the journal");
}

}  // namespace luolab::bench
