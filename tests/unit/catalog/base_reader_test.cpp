// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/base_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string error_of(const std::string& yaml) {
  const auto base = parse_base(yaml, "x.yaml");
  return base ? "no error" : base.error().what;
}

TEST(BaseReader, ReadsAPackageWithItsRecordedVersion) {
  const auto base = parse_base(
      "name: linux-7.3\nkind: deb\npackage: linux-source-7.3\nsuites: [trixie-backports, sid]\n"
      "mirror: http://deb.debian.org/debian\nrecorded: {version: 7.3.4-1, sha256: " +
          std::string(64, 'a') + "}\n",
      "x.yaml");
  ASSERT_TRUE(base.has_value()) << base.error().what;
  EXPECT_EQ(base->kind, BaseKind::deb);
  EXPECT_EQ(base->package, "linux-source-7.3");
  EXPECT_EQ(base->suites, (std::vector<std::string>{"trixie-backports", "sid"}));
  EXPECT_EQ(base->recorded_version, "7.3.4-1");
  EXPECT_EQ(base->recorded_sha256, std::string(64, 'a'));
}

TEST(BaseReader, NamesPlaceAndNearestWordForAnUnknownKey) {
  EXPECT_THAT(error_of("name: a\nkind: dir\nlocatoin: /x\n"),
              AllOf(HasSubstr("x.yaml:3:1: locatoin: "), HasSubstr("did you mean \"location\"?"),
                    HasSubstr("location: is missing")));
}

TEST(BaseReader, NamesTheNearestKind) {
  EXPECT_THAT(error_of("name: a\nkind: tarbal\n"),
              AllOf(HasSubstr("x.yaml:2:7: kind: "), HasSubstr("did you mean \"tarball\"?")));
}

TEST(BaseReader, RefusesAKeyOfAnotherKind) {
  EXPECT_THAT(error_of("name: a\nkind: dir\nlocation: /x\nref: main\n"),
              HasSubstr("x.yaml:4:1: ref: a base of kind dir has no such key"));
}

TEST(BaseReader, ReportsAllMistakesAtOnce) {
  EXPECT_THAT(error_of("kind: deb\nsuites: []\nmirror: [x]\n"),
              AllOf(HasSubstr("name: is missing"), HasSubstr("package: is missing"),
                    HasSubstr("suites: must be a list"), HasSubstr("mirror: must be a text")));
}

TEST(BaseReader, RefusesATarballWithoutADigest) {
  EXPECT_THAT(error_of("name: a\nkind: tarball\nlocation: /x.tar\n"),
              HasSubstr("sha256: is missing"));
  EXPECT_THAT(error_of("name: a\nkind: tarball\nlocation: /x.tar\nsha256: beef\n"),
              HasSubstr("\"beef\" is no SHA-256"));
}

TEST(BaseReader, RefusesBrokenYamlWithItsPlace) {
  EXPECT_THAT(error_of("name: [a\nkind: dir\n"), HasSubstr("x.yaml:"));
  EXPECT_THAT(error_of("just words"), HasSubstr("a base is a mapping"));
  EXPECT_THAT(error_of(""), HasSubstr("a base is a mapping"));
}

TEST(BaseReader, TakesALocationRelativeToTheFile) {
  const TempDir dir(std::filesystem::temp_directory_path());
  write_file_atomically(dir.path() / "mine.yaml", "name: mine\nkind: dir\nlocation: ../linux\n");
  const auto base = read_base(dir.path() / "mine.yaml");
  ASSERT_TRUE(base.has_value()) << base.error().what;
  EXPECT_EQ(base->location, (dir.path().parent_path() / "linux").string());
}

TEST(BaseReader, RefusesAnEnormousFile) {
  const TempDir dir(std::filesystem::temp_directory_path());
  write_file_atomically(dir.path() / "big.yaml", std::string(1 << 20, '#'));
  const auto base = read_base(dir.path() / "big.yaml");
  ASSERT_FALSE(base.has_value());
  EXPECT_THAT(base.error().what, HasSubstr("over the limit"));
}

}  // namespace
}  // namespace luolab
