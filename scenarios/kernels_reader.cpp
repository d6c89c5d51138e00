// SPDX-License-Identifier: Apache-2.0
#include "scenarios/kernels_reader.h"

#include <fmt/format.h>

#include "scenarios/map_reader.h"
#include "scenarios/target_reader.h"

namespace luolab {
namespace {

constexpr std::uint64_t kMostHops = 64;
constexpr std::array<std::string_view, 2> kDefaultFragments{"liveupdate", "qemu-x86_64"};

PlacedName placed(const Field& field, std::string name) {
  return {std::move(name), field.path(), field.node().line, field.node().column};
}

std::vector<PlacedName> read_names(const Field& list) {
  std::vector<PlacedName> names;
  for (const Field& item : list.items()) {
    if (auto name = item.text()) names.push_back(placed(item, std::move(*name)));
  }
  return names;
}

std::vector<PlacedName> default_fragments(const Field& kernel) {
  std::vector<PlacedName> names;
  for (const std::string_view name : kDefaultFragments) {
    names.push_back(placed(kernel, std::string(name)));
  }
  return names;
}

KernelRole read_role(const Field& field) {
  constexpr std::array<std::string_view, 3> kRoles{"candidate", "baseline", "fixed"};
  constexpr std::array<KernelRole, 3> kMeaning{KernelRole::candidate, KernelRole::baseline,
                                               KernelRole::fixed};
  const auto index = field.choice("role", kRoles);
  return index ? kMeaning[*index] : KernelRole::candidate;
}

KernelRef read_kernel(const Field& field, bool incoming) {
  std::vector<std::string_view> keys{"base", "series", "fragments", "role"};
  if (incoming) keys.push_back("cmdline");
  const MapReader map(field, keys);
  KernelRef kernel;
  kernel.role = read_role(map["role"]);
  kernel.cmdline = read_cmdline(map["cmdline"]);
  const Field base = map.required("base");
  if (auto name = base.text()) kernel.base = placed(base, std::move(*name));
  kernel.series = read_names(map["series"]);
  if (map["fragments"]) {
    kernel.fragments = read_names(map["fragments"]);
  } else if (map.is_map()) {
    kernel.fragments = default_fragments(field);
  }
  return kernel;
}

std::vector<KernelRef> read_hops(const Field& field, const KernelRef& outgoing) {
  if (!field) return {outgoing};
  if (field.node().is_scalar()) {
    return std::vector<KernelRef>(field.number(1, kMostHops).value_or(1), outgoing);
  }
  std::vector<KernelRef> hops;
  for (const Field& item : field.items()) hops.push_back(read_kernel(item, true));
  if (field.node().is_sequence() && (hops.empty() || hops.size() > kMostHops)) {
    field.report(fmt::format("{} hops; a scenario has 1 to {}", hops.size(), kMostHops));
  }
  return hops;
}

}  // namespace

KernelRefs read_kernels(const Field& field) {
  const MapReader map(field, {"outgoing", "hops"});
  KernelRefs kernels;
  kernels.outgoing = read_kernel(map.required("outgoing"), false);
  kernels.hops = read_hops(map["hops"], kernels.outgoing);
  return kernels;
}

}  // namespace luolab
