// SPDX-License-Identifier: Apache-2.0
#include "worker/target/guest_memory.h"

#include <sys/stat.h>

#include <fstream>

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr std::uint64_t kSize = 64 << 20;
constexpr std::streamoff kPlace = 32 << 20;

void put(const GuestMemory& memory, const std::string& bytes) {
  std::fstream file(memory.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(kPlace);
  file << bytes;
}

std::string at_place(const GuestMemory& memory, std::size_t size) {
  std::ifstream file(memory.path(), std::ios::binary);
  file.seekg(kPlace);
  std::string bytes(size, '?');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

std::uint64_t allocated_bytes(const GuestMemory& memory) {
  struct stat info {};
  EXPECT_EQ(::stat(memory.path().c_str(), &info), 0);
  return static_cast<std::uint64_t>(info.st_blocks) * 512;
}

TEST(GuestMemory, IsAsLargeAsAskedAndTakesNothingUntilItIsTouched) {
  const GuestMemory memory(kSize);
  EXPECT_EQ(std::filesystem::file_size(memory.path()), kSize);
  EXPECT_EQ(allocated_bytes(memory), 0U);
}

TEST(GuestMemory, ACopyHasTheSameContentOfItsOwnAndTheSameHoles) {
  const GuestMemory memory(kSize);
  put(memory, "kernel");
  const GuestMemory copy = memory.copy();
  EXPECT_EQ(at_place(copy, 6), "kernel");
  EXPECT_EQ(allocated_bytes(copy), allocated_bytes(memory));
  put(copy, "KERNEL");
  EXPECT_EQ(at_place(memory, 6), "kernel");
}

TEST(GuestMemory, IsGoneWithItsOwner) {
  std::filesystem::path path;
  {
    const GuestMemory memory(kSize);
    path = memory.path();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(GuestMemory, MoreThanThereCanBeIsRefused) {
  EXPECT_THROW(GuestMemory(~std::uint64_t{0}), std::system_error);
}

}  // namespace
}  // namespace luolab
