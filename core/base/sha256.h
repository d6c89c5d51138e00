// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <nettle/sha2.h>

namespace luolab {

/// SHA-256 as luolab names things by: 64 lower-case hexadecimal digits.
class Sha256 {
 public:
  Sha256();
  Sha256& add(std::string_view bytes);
  /// Adds `bytes` preceded by its length, so that ("ab","c") and ("a","bc") differ.
  Sha256& add_field(std::string_view bytes);
  /// The digest of all that was added; the object starts afresh.
  std::string hex();

 private:
  sha256_ctx state_;
};

std::string sha256_of(std::string_view bytes);

/// Reads the whole file. Throws std::system_error where it can't be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace luolab
