// SPDX-License-Identifier: Apache-2.0
#include "agent/kexec.h"

#include <linux/kexec.h>
#include <linux/reboot.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/luo.h"

namespace luolab {

Done load_kernel(const Baggage& baggage, const std::string& kernel, const std::string& initrd,
                 const std::string& cmdline) {
  const Outcome<OwnedFd> image = baggage.open_file(kernel);
  if (!image) return image.failure();
  Outcome<OwnedFd> ramdisk = initrd.empty() ? OwnedFd() : baggage.open_file(initrd);
  if (!ramdisk) return ramdisk.failure();
  const unsigned long flags = initrd.empty() ? KEXEC_FILE_NO_INITRAMFS : 0;
  if (syscall(SYS_kexec_file_load, image->get(), ramdisk->get(), cmdline.size() + 1,
              cmdline.c_str(), flags) != 0) {
    return call_failed("kexec_file_load", "kernel \"" + kernel + "\", initrd \"" + initrd + "\"");
  }
  return done();
}

bool unload_kernel() {
  return syscall(SYS_kexec_file_load, -1, -1, 0UL, nullptr, KEXEC_FILE_UNLOAD) == 0;
}

Failure leave_kernel(Baggage& baggage) {
  const auto stamper = baggage.start_stamping();
  baggage.note_reboot_call();
  reboot(static_cast<int>(LINUX_REBOOT_CMD_KEXEC));
  return call_failed(std::string(call::kReboot), "is an incoming kernel loaded? (kexec.load)");
}

}  // namespace luolab
