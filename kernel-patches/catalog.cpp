// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/catalog.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/nearest.h"
#include "core/base/sha256.h"
#include "kernel-patches/base_argument.h"
#include "kernel-patches/base_reader.h"
#include "kernel-patches/series_reader.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFragmentLimit = 1 << 20;

/// Entries of `folder` in the order of their names; none where it does not exist.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (!fs::is_directory(folder)) return entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

fs::path user_bases() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0') {
    return fs::path(config) / "luolab/bases";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr ? fs::path() : fs::path(home) / ".config/luolab/bases";
}

Result<std::vector<BaseSpec>> read_bases(const fs::path& folder) {
  std::vector<BaseSpec> bases;
  for (const fs::path& file : entries_of(folder)) {
    if (file.extension() != ".yaml") continue;
    auto base = read_base(file);
    if (!base) return base.error();
    bases.push_back(std::move(*base));
  }
  return bases;
}

Result<std::vector<Series>> read_all_series(const fs::path& folder) {
  std::vector<Series> all;
  for (const fs::path& entry : entries_of(folder)) {
    if (!fs::is_directory(entry)) continue;
    auto series = read_series(entry.string());
    if (!series) return series.error();
    all.push_back(std::move(*series));
  }
  return all;
}

Result<std::vector<Fragment>> read_fragments(const fs::path& folder) {
  std::vector<Fragment> fragments;
  for (const fs::path& file : entries_of(folder)) {
    if (file.extension() != ".config") continue;
    auto text = read_file(file, kFragmentLimit);
    if (!text) return text.error();
    fragments.push_back({file.stem().string(), std::move(*text)});
  }
  return fragments;
}

Result<std::vector<Mutant>> read_mutants(const fs::path& folder) {
  std::vector<Mutant> mutants;
  for (const fs::path& file : entries_of(folder)) {
    if (file.extension() != ".patch") continue;
    auto mutant = read_mutant(file);
    if (!mutant) return mutant.error();
    mutants.push_back(std::move(*mutant));
  }
  return mutants;
}

template <class Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, thing] : map) names.push_back(name);
  return names;
}

template <class Map>
Result<typename Map::mapped_type> look_up(const Map& map, std::string_view what,
                                          std::string_view name, std::string_view remedy) {
  if (const auto found = map.find(name); found != map.end()) return found->second;
  const std::vector<std::string> names = names_of(map);
  const std::vector<std::string_view> known(names.begin(), names.end());
  if (const auto near = nearest_word(name, known)) {
    return scenario_error(
        fmt::format("{} \"{}\" is not known (did you mean \"{}\"?)", what, name, *near));
  }
  return scenario_error(fmt::format("{} \"{}\" is not known (known: {}{})", what, name,
                                    fmt::join(known, ", "), remedy));
}

}  // namespace

Result<Catalog> Catalog::load(const fs::path& data_dir) {
  const fs::path root = data_dir / "kernel-patches";
  if (!fs::is_directory(root / "bases")) {
    return lab_error(fmt::format(
        "{}: no such folder, so there are no bases (set LUOLAB_DATA to where luolab's data is)",
        (root / "bases").string()));
  }
  auto bases = read_bases(root / "bases");
  if (!bases) return bases.error();
  auto own = read_bases(user_bases());
  if (!own) return own.error();
  bases->insert(bases->end(), own->begin(), own->end());
  auto series = read_all_series(root / "series");
  if (!series) return series.error();
  auto fragments = read_fragments(root / "fragments");
  if (!fragments) return fragments.error();
  auto mutants = read_mutants(root / "mutants");
  if (!mutants) return mutants.error();
  return Catalog(std::move(*bases), std::move(*series), std::move(*fragments), std::move(*mutants));
}

Catalog::Catalog(std::vector<BaseSpec> bases, std::vector<Series> series,
                 std::vector<Fragment> fragments, std::vector<Mutant> mutants)
    : mutants_(std::move(mutants)) {
  for (BaseSpec& base : bases) bases_.insert_or_assign(base.name, std::move(base));
  for (Series& one : series) series_.insert_or_assign(one.name, std::move(one));
  for (Fragment& fragment : fragments)
    fragments_.insert_or_assign(fragment.name, std::move(fragment));
}

std::vector<std::string> Catalog::base_names() const { return names_of(bases_); }
std::vector<std::string> Catalog::series_names() const { return names_of(series_); }
std::vector<std::string> Catalog::fragment_names() const { return names_of(fragments_); }

Result<BaseSpec> Catalog::base(std::string_view name) const {
  if (bases_.find(name) == bases_.end()) {
    if (auto written_out = base_from_argument(name)) return *written_out;
  }
  return look_up(bases_, "base", name,
                 "; or dir:PATH, git:PATH@REF, tarball:PATH#sha256=HEX, prebuilt:PATH");
}

Result<Series> Catalog::series(std::string_view name) const {
  return look_up(series_, "series", name, "; --series also takes a path");
}

Result<Fragment> Catalog::fragment(std::string_view name) const {
  return look_up(fragments_, "fragment", name, "");
}

std::set<std::string> Catalog::patch_digests() const {
  std::set<std::string> digests;
  for (const auto& [name, one] : series_) {
    for (const Patch& patch : one.patches) digests.insert(sha256_of(patch.text));
  }
  for (const Mutant& mutant : mutants_) {
    for (const Patch& patch : mutant.series.patches) digests.insert(sha256_of(patch.text));
  }
  return digests;
}

}  // namespace luolab
