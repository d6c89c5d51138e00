// SPDX-License-Identifier: Apache-2.0
#include "core/base/sha256.h"

#include <system_error>

#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

// Source: FIPS 180-4 examples, as published with the Secure Hash Standard.
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, GivesTheStandardsDigests) {
  EXPECT_EQ(sha256_of("abc"), kOfAbc);
  EXPECT_EQ(sha256_of(""), kOfNothing);
}

TEST(Sha256, DoesNotDependOnHowTheBytesArrive) {
  EXPECT_EQ(Sha256().add("a").add("").add("bc").hex(), kOfAbc);
}

TEST(Sha256, StartsAfreshAfterHex) {
  Sha256 digest;
  digest.add("something").hex();
  EXPECT_EQ(digest.add("abc").hex(), kOfAbc);
}

TEST(Sha256, TellsFieldsApartThatJoinToTheSameBytes) {
  EXPECT_NE(Sha256().add_field("ab").add_field("c").hex(),
            Sha256().add_field("a").add_field("bc").hex());
  EXPECT_NE(Sha256().add_field("").hex(), Sha256().hex());
}

TEST(Sha256, ReadsAFileOfSeveralBlocks) {
  const TempDir folder(std::filesystem::temp_directory_path());
  const std::string bytes((std::size_t{3} << 20) + 17, 'x');
  write_file_atomically(folder.path() / "f", bytes);
  EXPECT_EQ(sha256_of_file(folder.path() / "f"), sha256_of(bytes));
}

TEST(Sha256, ThrowsForAMissingFileAndForAFolder) {
  const TempDir folder(std::filesystem::temp_directory_path());
  EXPECT_THROW(sha256_of_file(folder.path() / "missing"), std::system_error);
  EXPECT_THROW(sha256_of_file(folder.path()), std::system_error);
}

}  // namespace
}  // namespace luolab
