// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// One version of a package that an archive offers.
struct ArchivePackage {
  std::string suite;
  std::string version;
  std::string sha256;  ///< of the .deb, from the archive's signed index
};

/// Asks a Debian archive through an apt configuration of its own below `folder`: neither the
/// system's sources nor its lists are read or changed, and no privileges are needed. Signatures
/// are checked against /usr/share/keyrings/debian-archive-keyring.gpg. One at a time per folder.
class AptArchive {
 public:
  AptArchive(std::filesystem::path folder, BaseSpec base);

  /// The newest version in the first suite that has the package or, where `version` is not
  /// empty, that version in whichever suite has it. Fault::scenario where no suite offers it (the
  /// message says which versions are there), Fault::lab where the archive can't be reached.
  Task<Result<ArchivePackage>> resolve(std::string version);

  /// Downloads it into `into` and checks its SHA-256. The path of the .deb.
  Task<Result<std::filesystem::path>> download(ArchivePackage package, std::filesystem::path into);

 private:
  Task<Result<std::string>> apt(const char* program, std::string suite,
                                std::vector<std::string> words,
                                std::filesystem::path working_directory);
  std::filesystem::path suite_folder(const std::string& suite) const;
  void prepare(const std::string& suite) const;

  std::filesystem::path folder_;
  BaseSpec base_;
};

/// The packages that `apt-cache show` prints, as they come. `suite` is put into each.
std::vector<ArchivePackage> packages_of(std::string_view shown, const std::string& suite);

}  // namespace luolab
