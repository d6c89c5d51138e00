// SPDX-License-Identifier: Apache-2.0
#include "scenarios/rollout_reader.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "scenarios/map_reader.h"

namespace luolab {
namespace {

/// "25%" as its number; empty for any other text.
std::optional<std::uint64_t> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return {};
  text.remove_suffix(1);
  std::uint64_t percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc{} || end != text.data() + text.size() || percent > 100) return {};
  return percent;
}

/// A part of the fleet as it was written.
struct Share {
  std::uint64_t number = 0;
  bool percent = false;
};

/// "25%", or a number of targets from `least` to all of them.
std::optional<Share> read_share(const Field& field, std::uint64_t least, std::uint64_t fleet) {
  if (!field) return {};
  const bool is_percent = field.node().is_scalar() && field.node().text.ends_with('%');
  if (is_percent) {
    if (const auto percent = parse_percent(field.node().text)) return Share{*percent, true};
    field.report(fmt::format("{} is no share of the fleet (0% to 100%, whole)",
                             in_quotes(field.node().text)));
    return {};
  }
  const auto number = field.number(0, 1'000'000);
  if (!number) return {};
  if (*number >= least && *number <= fleet) return Share{*number, false};
  field.report(fmt::format("{} of {} targets ({} to {}, or a share such as 25%)", *number, fleet,
                           least, fleet));
  return {};
}

/// Shares that are tried are rounded up, so that none comes to nothing.
std::uint64_t rounded_up(const Share& share, std::uint64_t fleet) {
  return share.percent ? (share.number * fleet + 99) / 100 : share.number;
}

/// Shares that may fail are rounded down: 10% of 8 targets are none.
std::uint64_t rounded_down(const Share& share, std::uint64_t fleet) {
  return share.percent ? share.number * fleet / 100 : share.number;
}

std::vector<std::string> read_targets(const Field& field) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  if (field && field.node().is_sequence() && field.node().items.empty())
    field.report("a rollout needs at least one target");
  for (const Field& item : field.items()) {
    const auto name = item.word();
    if (!name) continue;
    if (seen.insert(*name).second) {
      names.push_back(*name);
    } else {
      item.report(fmt::format("{} is in the rollout already", in_quotes(*name)));
    }
  }
  return names;
}

std::string listed(std::span<const std::string> names) {
  constexpr std::size_t kMostNames = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostNames) text += fmt::format(" and {} more", names.size() - kMostNames);
  return text;
}

/// How many targets are in it after each wave, with the canary first.
std::vector<std::uint64_t> read_ends(const Field& canary, const Field& waves,
                                     std::span<const std::string> targets) {
  const std::uint64_t fleet = targets.size();
  std::vector<std::uint64_t> ends;
  if (const auto share = read_share(canary, 1, fleet)) {
    ends.push_back(rounded_up(*share, fleet));
    if (ends.back() == 0) {
      canary.report("0% is no canary (leave it out)");
      ends.clear();
    }
  }
  if (!waves) {
    if (ends.empty() || ends.back() < fleet) ends.push_back(fleet);
    return ends;
  }
  if (waves.node().is_sequence() && waves.node().items.empty()) waves.report("the list is empty");
  bool sound = true;
  for (const Field& item : waves.items()) {
    const auto share = read_share(item, 1, fleet);
    sound = sound && share.has_value();
    if (!share) continue;
    const std::uint64_t end = rounded_up(*share, fleet);
    const std::uint64_t before = ends.empty() ? 0 : ends.back();
    if (end > before) {
      ends.push_back(end);
      continue;
    }
    sound = false;
    item.report(
        fmt::format("adds no target: {} of {} are in the waves before it (a wave says how many "
                    "have had the update after it; raise it, or leave it out)",
                    before, fleet));
  }
  if (sound && !ends.empty() && ends.back() < fleet) {
    waves.report(fmt::format("leave out {} (end with 100%, or take them out of the targets)",
                             listed(targets.subspan(ends.back()))));
  }
  return ends;
}

}  // namespace

std::optional<RolloutSpec> read_rollout(const Field& field, std::string_view scenario) {
  const MapReader map(field, {"targets", "canary", "waves", "error_budget", "soak"});
  const std::vector<std::string> targets = read_targets(map.required("targets"));
  RolloutSpec spec{.scenario = std::string(scenario), .waves = {}, .canary = bool(map["canary"])};
  spec.soak = map["soak"].duration().value_or(spec.soak);
  if (targets.empty()) return {};
  if (const auto budget = read_share(map["error_budget"], 0, targets.size()))
    spec.error_budget = static_cast<std::uint32_t>(rounded_down(*budget, targets.size()));
  auto next = targets.begin();
  for (const std::uint64_t end : read_ends(map["canary"], map["waves"], targets)) {
    const auto until = targets.begin() + static_cast<std::ptrdiff_t>(end);
    spec.waves.emplace_back(next, until);
    next = until;
  }
  return spec;
}

void check_rollout_use(const YamlNode& document, Problems& problems) {
  if (document.find("rollout") == nullptr) return;
  const YamlNode* target = document.find("target");
  const YamlNode* name = target == nullptr ? nullptr : target->find("name");
  if (name != nullptr)
    problems.add(*name, "target.name", "the rollout names the targets (leave this out)");
  const YamlNode* matrix = document.find("matrix");
  const YamlNode* parameter = matrix == nullptr ? nullptr : matrix->find(kTargetParameter);
  if (parameter != nullptr)
    problems.add(*parameter, child_path("matrix", kTargetParameter),
                 "in a rollout this is the name of the target (choose another one)");
}

}  // namespace luolab
