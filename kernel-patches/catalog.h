// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"
#include "kernel-patches/mutant_reader.h"

namespace luolab {

/// The bases, series and fragments that scenarios and flags name, and the mutants. A plain value,
/// fixed once it is loaded; may be read from any thread.
class Catalog {
 public:
  /// Reads `data_dir`/kernel-patches, then the user's bases in $XDG_CONFIG_HOME/luolab/bases, which
  /// win over shipped ones of the same name. Fault::scenario names the file that is wrong.
  static Result<Catalog> load(const std::filesystem::path& data_dir);

  Catalog(std::vector<BaseSpec> bases, std::vector<Series> series, std::vector<Fragment> fragments,
          std::vector<Mutant> mutants = {});

  /// Sorted.
  std::vector<std::string> base_names() const;
  std::vector<std::string> series_names() const;
  std::vector<std::string> fragment_names() const;

  /// By name; a base also in the forms of `base_from_argument` (`dir:/path`, ...).
  /// Fault::scenario for an unknown name, with the nearest known one.
  Result<BaseSpec> base(std::string_view name) const;
  Result<Series> series(std::string_view name) const;
  Result<Fragment> fragment(std::string_view name) const;

  /// In the order of their names, which is that of the promises.
  const std::vector<Mutant>& mutants() const { return mutants_; }

  /// SHA-256 of the text of every patch of the catalog's series and mutants: luolab's own, so the
  /// compiler cache may keep what is built from them.
  std::set<std::string> patch_digests() const;

 private:
  std::map<std::string, BaseSpec, std::less<>> bases_;
  std::map<std::string, Series, std::less<>> series_;
  std::map<std::string, Fragment, std::less<>> fragments_;
  std::vector<Mutant> mutants_;
};

}  // namespace luolab
