// SPDX-License-Identifier: Apache-2.0
#include "controller/submit/submit_form.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "core/base/file.h"
#include "core/http/multipart.h"
#include "core/protocol/json.h"
#include "kernel-patches/series_reader.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) { throw ApiError(400, "bad-submission", why); }

template <class T>
T number(const std::string& name, const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    refuse(fmt::format("{}: \"{}\" is not a number", name, text));
  return value;
}

bool flag(const std::string& name, const std::string& text) {
  if (text.empty() || text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  refuse(fmt::format("{}: \"{}\" is neither true nor false", name, text));
}

/// One member by its name, as text. False where there is no such member.
bool set_member(SubmitOrder& order, const std::string& name, const std::string& value) {
  if (name == "base")
    order.base = value;
  else if (name == "fragment")
    order.fragments.push_back(value);
  else if (name == "set")
    order.settings.push_back(value);
  else if (name == "repeat")
    order.repeat = number<std::uint32_t>(name, value);
  else if (name == "named_series")
    order.named_series.push_back(value);
  else if (name == "fork_never")
    order.fork_never = flag(name, value);
  else if (name == "title")
    order.title = value;
  else if (name == "command_line")
    order.command_line = value;
  else if (name == "priority")
    order.priority = number<int>(name, value);
  else if (name == "confirm")
    order.confirm = number<std::uint32_t>(name, value);
  else if (name == "series_key")
    order.series_key = value;
  else if (name == "revision")
    order.revision = number<std::int64_t>(name, value);
  else if (name == "dry_run")
    order.dry_run = flag(name, value);
  else
    return false;
  return true;
}

SubmitOrder read_order(const std::string& text) {
  auto order = from_json<SubmitOrder>(text);
  if (!order) refuse("it is not what this takes: " + order.error().what);
  return std::move(*order);
}

SubmitForm read_form(const HttpRequest& request, const std::string& type) {
  auto parts = parse_form(type, request.body);
  if (!parts) refuse(parts.error().what);
  SubmitForm form;
  std::vector<BroughtFile> patches;
  for (FormPart& part : *parts) {
    if (part.name == "order") {
      form.order = read_order(part.bytes);
    } else if (part.name == "scenario") {
      const std::string name = part.filename.empty() ? "scenario.yaml" : part.filename;
      form.order.documents.push_back({name, std::move(part.bytes)});
    } else if (part.name == "series") {
      patches.push_back({std::move(part.filename), std::move(part.bytes)});
    } else if (part.name == "file") {
      if (part.filename.empty()) refuse("file: a part without a file name");
      form.files.push_back({part.filename, std::move(part.bytes)});
    } else if (!set_member(form.order, part.name, part.bytes)) {
      refuse(fmt::format(
          "part \"{}\" is not known (known: order, scenario, series, file, and the query's "
          "parameters)",
          part.name));
    }
  }
  if (!patches.empty()) {
    auto series = read_brought_patches(patches);
    if (!series) refuse(series.error().what);
    form.order.series.push_back(std::move(*series));
  }
  return form;
}

SubmitForm read_yaml(const HttpRequest& request) {
  const auto name = request.query.find("name");
  SubmitForm form;
  form.order.documents.push_back(
      {name == request.query.end() ? "scenario.yaml" : name->second, request.body});
  return form;
}

}  // namespace

Result<Series> read_brought_patches(const std::vector<BroughtFile>& patches) {
  const TempDir folder(fs::temp_directory_path());
  std::vector<std::string> names;
  for (const BroughtFile& patch : patches) {
    std::string name = patch.name.empty() ? fmt::format("{:04}.patch", names.size()) : patch.name;
    if (name == "." || name == "..") return scenario_error("series: a patch needs a file name");
    if (fs::exists(folder.path() / name))
      return scenario_error(fmt::format("series: two files are named {}", name));
    write_scratch_file(folder.path() / name, patch.bytes);
    names.push_back(std::move(name));
  }
  const fs::path place = names.size() == 1 ? folder.path() / names.front() : folder.path();
  auto series = read_series(place.string());
  if (!series) {
    std::string why = series.error().what;  // without the scratch folder's name
    for (auto at = why.find(folder.path().string()); at != std::string::npos;
         at = why.find(folder.path().string()))
      why.erase(at, folder.path().string().size());
    return scenario_error("series: " + why);
  }
  series->name = fs::path(names.front()).stem().string();
  return series;
}

SubmitForm read_submit_form(const HttpRequest& request) {
  const std::string type = request.fields.get("Content-Type");
  const std::string media = type.substr(0, type.find(';'));
  SubmitForm form;
  if (media == "multipart/form-data") {
    form = read_form(request, type);
  } else if (media == "application/json") {
    form.order = read_order(request.body);
  } else if (media.empty() || media == "application/yaml" || media == "application/x-yaml" ||
             media == "text/yaml" || media == "text/plain") {
    form = read_yaml(request);
  } else {
    throw ApiError(415, "unknown-type",
                   fmt::format("\"{}\" is not taken (known: application/yaml, application/json, "
                               "multipart/form-data)",
                               media));
  }
  for (const auto& [name, value] : request.query) {
    if (name != "name" && !set_member(form.order, name, value))
      refuse(fmt::format("query parameter \"{}\" is not known", name));
  }
  return form;
}

}  // namespace luolab
