// SPDX-License-Identifier: Apache-2.0
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/kernel_builder/build_harness.h"
#include "tests/integration/kernel_builder/toy_kernel.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// Becomes an ordinary user for good; nothing to do for who is one.
bool drop_privileges(const passwd& user) {
  if (::geteuid() != 0) return true;
  return ::setgroups(0, nullptr) == 0 && ::setgid(user.pw_gid) == 0 && ::setuid(user.pw_uid) == 0 &&
         ::setuid(0) != 0;
}

class Unprivileged : public BuildHarness {};

TEST_F(Unprivileged, AnOrdinaryUserBuildsKernels) {
  const passwd* nobody = ::getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  fs::permissions(dir_.path(), fs::perms::all);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!drop_privileges(*nobody)) ::_exit(3);
    asio::io_context own;
    KernelBuilder builder(own.get_executor(), options());
    const auto plain = run_task(own, builder.build(toy_kernel(source())));
    const auto patched = run_task(
        own, builder.build(toy_kernel(
                 source(), {value_patch("mm/shmem.c", "shmem_value", 1, "int shmem_value = 2;")})));
    if (!plain)
      std::fprintf(stderr, "%s\n%s\n", plain.error().error.what.c_str(),
                   plain.error().evidence.c_str());
    ::_exit(plain && patched ? 0 : 4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(list_builds(cache()).size(), 2U);
}

}  // namespace
}  // namespace luolab
