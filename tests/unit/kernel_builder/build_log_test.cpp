// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_log.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(BuildLog, CutsTheFirstCompilerErrorOut) {
  const std::string log =
      "  CC      mm/shmem.o\n"
      "mm/a.c:3:1: warning: unused variable\n"
      "    3 | int x;\n"
      "mm/memfd_luo.c: In function 'restore':\n"
      "mm/memfd_luo.c:123:4: error: 'folioo' undeclared\n"
      "  123 |    folioo = 0;\n"
      "      |    ^~~~~~\n"
      "make[3]: *** [/src/scripts/Makefile.build:287: mm/memfd_luo.o] Error 1\n"
      "mm/b.c:9:9: error: another\n";
  EXPECT_EQ(first_build_error(log),
            "mm/memfd_luo.c: In function 'restore':\n"
            "mm/memfd_luo.c:123:4: error: 'folioo' undeclared\n"
            "  123 |    folioo = 0;\n"
            "      |    ^~~~~~");
}

TEST(BuildLog, TakesAMissingHeader) {
  EXPECT_EQ(
      first_build_error(
          "In file included from a.c:1:\nb.h:2:10: fatal error: c.h: No such file or directory\n"
          "    2 | #include <c.h>\n      |          ^~~~~\ncompilation terminated.\n"),
      "In file included from a.c:1:\nb.h:2:10: fatal error: c.h: No such file or directory\n"
      "    2 | #include <c.h>\n      |          ^~~~~");
}

TEST(BuildLog, TakesTheLinkersComplaintWhereTheCompilerHasNone) {
  EXPECT_EQ(first_build_error("  LD      vmlinux\nld: mm/x.o: in function `f':\nx.c:(.text+0x1): "
                              "undefined reference to `g'\nmake: *** [x] Error 1\n"),
            "ld: mm/x.o: in function `f':\nx.c:(.text+0x1): undefined reference to `g'\nmake: *** "
            "[x] Error 1");
}

TEST(BuildLog, FallsBackToWhatMakeSays) {
  EXPECT_EQ(first_build_error("  LZO     vmlinux.bin.lzo\n/bin/sh: 1: lzop: not found\nmake[1]: "
                              "*** [x] Error 127\nmake: *** [y] Error 2\n"),
            "/bin/sh: 1: lzop: not found\nmake[1]: *** [x] Error 127");
}

TEST(BuildLog, HasNothingToSayOfAGoodBuild) {
  EXPECT_EQ(first_build_error("  CC      a.o\nKernel: arch/x86/boot/bzImage is ready\n"), "");
  EXPECT_EQ(first_build_error(""), "");
}

TEST(BuildLog, IsShortHoweverLongTheErrorIs) {
  std::string log = "a.c:1:1: error: x\n";
  for (int line = 0; line < 1000; ++line) log += "    1 | code\n";
  const std::string error = first_build_error(log);
  EXPECT_LE(std::count(error.begin(), error.end(), '\n'), 20);
}

TEST(MakeProgress, CountsStepsAndNothingElse) {
  MakeProgress progress;
  for (const char* line : {"  CC      mm/shmem.o", "make[1]: Entering directory '/obj'",
                           "mm/x.c:1: warning", "    3 | int x;", "", "  HOSTCC  scripts/x"}) {
    progress.read(line);
  }
  EXPECT_EQ(progress.steps(), 2U);
  EXPECT_FALSE(progress.linking());
}

TEST(MakeProgress, KnowsWhenLinkingBegins) {
  MakeProgress progress;
  EXPECT_TRUE(progress.read("  LD      vmlinux.o"));
  EXPECT_TRUE(progress.linking());
}

}  // namespace
}  // namespace luolab
