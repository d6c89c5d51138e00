// SPDX-License-Identifier: Apache-2.0
#include "worker/target/machine_lock.h"

#include <sstream>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::string_view kFile = "/var/tmp/luolab.lock";

}  // namespace

std::string lock_script(const LockOwner& self, std::chrono::seconds hold) {
  // A lock that may be taken over is moved away first: of two who want it, one succeeds.
  return fmt::format(R"sh(lock={} now=$(date +%s)
make() {{ (umask 022; set -C; echo "{} {} $((now + {}))" > $lock) 2>/dev/null; }}
make && {{ echo got; exit; }}
read -r owner token until < $lock || {{ echo "unwritable $lock"; exit; }}
if [ "${{until:-0}}" -lt "$now" ] || {{ [ "$owner" = "{}" ] && [ "$token" -le {} ]; }}; then
  mv $lock $lock.old.$$ 2>/dev/null && rm -f $lock.old.$$ && make && {{ echo got; exit; }}
  read -r owner token until < $lock
fi
echo "held $owner $token $((until - now))"
)sh",
                     kFile, self.owner, self.token, hold.count(), self.owner, self.token);
}

std::string unlock_script(const LockOwner& self) {
  return fmt::format(
      "read -r owner token until 2>/dev/null < {0} && [ \"$owner\" = \"{1}\" ] && [ \"$token\" = "
      "{2} ] && rm -f "
      "{0}; true",
      kFile, self.owner, self.token);
}

Result<void> read_lock(std::string_view answer) {
  std::istringstream words{std::string(answer)};
  std::string what, owner, token, left;
  words >> what >> owner >> token >> left;
  if (what == "got") return {};
  if (what == "held") {
    return lab_error(
        fmt::format("{} has this machine (attempt {}, for {} s more at most): one lab at a time; "
                    "wait, or remove "
                    "{} there if that lab is gone",
                    owner, token, left, kFile));
  }
  return lab_error(fmt::format("{} can't be made there: {}", kFile, answer));
}

}  // namespace luolab
