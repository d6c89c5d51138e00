// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/base_reader.h"

#include <array>
#include <map>
#include <span>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "core/base/file.h"
#include "core/base/nearest.h"

namespace luolab {
namespace {

constexpr std::uint64_t kFileLimit = 64 << 10;

struct KindRule {
  BaseKind kind;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
};

const std::map<std::string_view, KindRule>& kind_rules() {
  static const std::map<std::string_view, KindRule> rules = {
      {"deb", {BaseKind::deb, {"package", "suites", "mirror"}, {"recorded"}}},
      {"tarball", {BaseKind::tarball, {"location", "sha256"}, {}}},
      {"git", {BaseKind::git, {"location", "ref"}, {}}},
      {"dir", {BaseKind::dir, {"location"}, {}}},
      {"prebuilt", {BaseKind::prebuilt, {"location"}, {}}},
  };
  return rules;
}

std::string listed(std::span<const std::string_view> words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  if (const auto near = nearest_word(word, known))
    return fmt::format("did you mean \"{}\"?", *near);
  return fmt::format("known here: {}", listed(known));
}

/// Walks one document and collects what is wrong with it.
class BaseParser {
 public:
  explicit BaseParser(std::string where) : where_(std::move(where)) {}

  BaseSpec parse(const YAML::Node& root) {
    BaseSpec base;
    if (!root.IsMap()) {
      complain(root, "", "a base is a mapping with the keys name and kind");
      return base;
    }
    const std::string kind_name = text_at(root, "kind", true);
    base.name = text_at(root, "name", true);
    const auto rule = kind_rules().find(kind_name);
    if (rule == kind_rules().end()) {
      if (!kind_name.empty()) complain(root["kind"], "kind", unknown_kind(kind_name));
      return base;
    }
    base.kind = rule->second.kind;
    check_keys(root, kind_name, rule->second);
    read_fields(root, rule->second, base);
    return base;
  }

  void complain(const YAML::Node& node, std::string_view key, const std::string& what) {
    complain_at(node.Mark(), key, what);
  }

  void complain_at(const YAML::Mark& mark, std::string_view key, const std::string& what) {
    const bool known = mark.line >= 0;
    problems_.push_back(fmt::format("{}:{}:{}: {}{}{}", where_, known ? mark.line + 1 : 1,
                                    known ? mark.column + 1 : 1, key, key.empty() ? "" : ": ",
                                    what));
  }

  const std::vector<std::string>& problems() const { return problems_; }

 private:
  static std::string unknown_kind(const std::string& kind) {
    std::vector<std::string_view> kinds;
    for (const auto& [name, rule] : kind_rules()) kinds.push_back(name);
    return fmt::format("\"{}\" is no kind of base ({})", kind, suggestion(kind, kinds));
  }

  void check_keys(const YAML::Node& root, const std::string& kind, const KindRule& rule) {
    std::vector<std::string_view> known = {"name", "kind"};
    known.insert(known.end(), rule.required.begin(), rule.required.end());
    known.insert(known.end(), rule.optional.begin(), rule.optional.end());
    for (const auto& entry : root) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      complain(entry.first, key,
               fmt::format("a base of kind {} has no such key ({})", kind, suggestion(key, known)));
    }
  }

  void read_fields(const YAML::Node& root, const KindRule& rule, BaseSpec& base) {
    const std::map<std::string_view, std::string*> texts = {{"package", &base.package},
                                                            {"mirror", &base.mirror},
                                                            {"location", &base.location},
                                                            {"ref", &base.ref},
                                                            {"sha256", &base.sha256}};
    for (const std::string_view key : rule.required) {
      if (key == "suites") {
        base.suites = suites_of(root);
      } else {
        *texts.at(key) = text_at(root, std::string(key), true);
      }
    }
    if (!base.sha256.empty()) check_sha256(root["sha256"], "sha256", base.sha256);
    if (const YAML::Node recorded = root["recorded"]) read_recorded(recorded, base);
  }

  void read_recorded(const YAML::Node& node, BaseSpec& base) {
    if (!node.IsMap())
      return complain(node, "recorded", "must be a mapping with version and sha256");
    base.recorded_version = text_at(node, "version", true);
    base.recorded_sha256 = text_at(node, "sha256", true);
    if (!base.recorded_sha256.empty()) {
      check_sha256(node["sha256"], "recorded.sha256", base.recorded_sha256);
    }
  }

  void check_sha256(const YAML::Node& node, std::string_view key, const std::string& digest) {
    if (digest.size() == 64 && digest.find_first_not_of("0123456789abcdef") == std::string::npos)
      return;
    complain(
        node, key,
        fmt::format("\"{}\" is no SHA-256 (64 lower-case hexadecimal digits, as sha256sum prints)",
                    digest));
  }

  std::vector<std::string> suites_of(const YAML::Node& root) {
    const YAML::Node node = root["suites"];
    std::vector<std::string> suites;
    if (!node || !node.IsSequence() || node.size() == 0) {
      complain(node ? node : root, "suites",
               "must be a list with at least one suite, such as [trixie-backports, sid]");
      return suites;
    }
    for (const YAML::Node& suite : node) {
      if (suite.IsScalar())
        suites.push_back(suite.Scalar());
      else
        complain(suite, "suites", "a suite is a word");
    }
    return suites;
  }

  std::string text_at(const YAML::Node& map, const std::string& key, bool required) {
    const YAML::Node node = map[key];
    if (!node) {
      if (required) complain(map, key, "is missing");
      return {};
    }
    if (!node.IsScalar() || node.Scalar().empty()) {
      complain(node, key, "must be a text that is not empty");
      return {};
    }
    return node.Scalar();
  }

  std::string where_;
  std::vector<std::string> problems_;
};

}  // namespace

Result<BaseSpec> parse_base(const std::string& yaml, const std::string& where) {
  BaseParser parser(where);
  BaseSpec base;
  try {
    base = parser.parse(YAML::Load(yaml));
  } catch (const YAML::Exception& broken) {
    parser.complain_at(broken.mark, "", broken.msg);
  }
  if (parser.problems().empty()) return base;
  return scenario_error(fmt::format("{}", fmt::join(parser.problems(), "\n")));
}

Result<BaseSpec> read_base(const std::filesystem::path& file) {
  const auto text = read_file(file, kFileLimit);
  if (!text) return text.error();
  auto base = parse_base(*text, file.string());
  if (!base) return base;
  const bool is_path = !base->location.empty() && base->location.find("://") == std::string::npos;
  if (is_path)
    base->location = (std::filesystem::absolute(file).parent_path() / base->location)
                         .lexically_normal()
                         .string();
  return base;
}

}  // namespace luolab
