// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/metadata.h"

#include <boost/describe/enum_to_string.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"

namespace luolab {
namespace {

namespace json = boost::json;

json::array patches_of(const KernelSpec& kernel) {
  json::array list;
  for (const Series& series : kernel.series) {
    for (const Patch& patch : series.patches) {
      list.push_back(
          {{"series", series.name}, {"name", patch.name}, {"sha256", sha256_of(patch.text)}});
    }
  }
  return list;
}

json::array fragments_of(const KernelSpec& kernel) {
  json::array list;
  for (const Fragment& fragment : kernel.fragments) {
    list.push_back({{"name", fragment.name}, {"sha256", sha256_of(fragment.text)}});
  }
  return list;
}

json::object base_of(const KernelSpec& kernel, const BaseTree& base) {
  return {
      {"name", kernel.base.name}, {"kind", boost::describe::enum_to_string(kernel.base.kind, "?")},
      {"version", base.version},  {"origin", base.origin},
      {"sha256", base.sha256},    {"content", base.digest}};
}

std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t'\"\\$`*?[]#~=%;&|<>(){}!") == std::string::npos)
    return word;
  std::string text = "'";
  for (const char letter : word)
    text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

}  // namespace

std::string reproducer_of(const KernelSpec& kernel) {
  std::string command = "luolab kernel build --base " + quoted(kernel.base.name);
  for (const Series& series : kernel.series) command += " --series " + quoted(series.name);
  for (const Fragment& fragment : kernel.fragments)
    command += " --fragment " + quoted(fragment.name);
  return command;
}

json::value metadata_of(const BuildStory& story) {
  json::array variables;
  for (const std::string& variable : story.ingredients.variables)
    variables.push_back(json::string(variable));
  return json::object{
      {"version", 1},
      {"digest", story.record.digest},
      {"release", story.record.release},
      {"build_id", story.record.build_id},
      {"base", base_of(*story.kernel, story.base)},
      {"patches", patches_of(*story.kernel)},
      {"fragments", fragments_of(*story.kernel)},
      {"config_sha256", story.config_sha256},
      {"runtime_sha256", story.runtime_sha256},
      {"compiler", story.ingredients.toolchain.compiler},
      {"linker", story.ingredients.toolchain.linker},
      {"variables", std::move(variables)},
      {"grown_from", story.grown_from ? json::value(*story.grown_from) : json::value(nullptr)},
      {"duration_seconds", static_cast<double>(story.duration.count()) / 1000.0},
      {"reproducer", reproducer_of(*story.kernel)},
  };
}

}  // namespace luolab
