// SPDX-License-Identifier: Apache-2.0
#include "agent/refused_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr const char* kKnob = "/proc/thread-self/fail-nth";
constexpr const char* kRemedy = ": the kernel needs the fragment services";
const std::string kDebug = "/sys/kernel/debug/";

/// All that may sleep count, single pages too, but not those of user space; in silence.
bool set_up() {
  struct Setting {
    const char* file;
    const char* value;
  };
  constexpr Setting kSettings[] = {
      {"failslab/ignore-gfp-wait", "N"},  {"fail_page_alloc/ignore-gfp-wait", "N"},
      {"fail_page_alloc/min-order", "0"}, {"failslab/verbose", "0"},
      {"fail_page_alloc/verbose", "0"},
  };
  for (const Setting& setting : kSettings) {
    if (!write_text(kDebug + setting.file, setting.value)) return false;
  }
  return true;
}

/// The number that the next descriptor will get.
int lowest_free(int any) { return OwnedFd(fcntl(any, F_DUPFD_CLOEXEC, 0)).get(); }

}  // namespace

Outcome<RefusedMemory> RefusedMemory::prepare() {
  OwnedFd knob(open(kKnob, O_RDWR | O_CLOEXEC));
  // The kernel under test lacks what the test needs: no call of its own has failed.
  if (!knob) return Failure{"request", errno, std::string(kKnob) + kRemedy};
  if (!set_up()) return Failure{"request", errno, kDebug + "failslab" + kRemedy};
  return RefusedMemory(std::move(knob));
}

void RefusedMemory::write_knob(std::uint32_t nth) {
  const std::string text = std::to_string(nth);
  [[maybe_unused]] const ssize_t written = pwrite(knob_.get(), text.data(), text.size(), 0);
}

void RefusedMemory::begin_call() {
  const int kept = errno;
  lowest_free_ = lowest_free(knob_.get());
  write_knob(nth_);
  errno = kept;
}

void RefusedMemory::end_call(bool failed) {
  const int kept = errno;
  char left = 0;  // its first digit: nothing is left to count down where one was refused
  struck_ = pread(knob_.get(), &left, 1, 0) == 1 && left == '0';
  write_knob(0);
  lost_descriptor_ = failed && lowest_free(knob_.get()) != lowest_free_;
  errno = kept;
}

}  // namespace luolab
