// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/exchange_log.h"

#include <stdio.h>

#include <array>
#include <fstream>
#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "controller/results/report_json.h"
#include "core/base/file.h"

namespace luolab {
namespace {

constexpr const char* kScript = LUOLAB_SOURCE_DIR "/tests/contract/openapi_check.py";

boost::json::array names_of(const HttpFields& fields) {
  boost::json::array names;
  for (const auto& [name, value] : fields.all()) names.emplace_back(name);
  return names;
}

}  // namespace

void ExchangeLog::add(const Exchange& exchange) {
  const boost::json::object line{
      {"method", exchange.method},
      {"target", exchange.target},
      {"status", exchange.status},
      {"type", exchange.type},
      {"body", exchange.body},
      {"request_type", exchange.request_fields.get("Content-Type")},
      {"request_fields", names_of(exchange.request_fields)},
      {"request_body", exchange.request_body},
  };
  const std::lock_guard lock(mutex_);
  ++count_;
  answers_ += exchange.body;
  std::ofstream file(file_, std::ios::app);
  file << boost::json::serialize(valid_json(line)) << '\n';
  if (!file) throw std::runtime_error("can't write " + file_.string());
}

std::string ExchangeLog::disagreements(const std::string& document, bool cover) const {
  const std::filesystem::path served = file_.string() + ".openapi";
  write_scratch_file(served, document);
  const std::string command = fmt::format("python3 {}{} {} {} 2>&1", kScript,
                                          cover ? " --cover" : "", served.string(), file_.string());
  FILE* const script = ::popen(command.c_str(), "re");
  if (script == nullptr) return "python3 can't be started";
  std::string told;
  std::array<char, 4096> piece{};
  for (std::size_t got = 0; (got = ::fread(piece.data(), 1, piece.size(), script)) > 0;)
    told.append(piece.data(), got);
  if (::pclose(script) != 0 && told.empty()) told = "openapi_check.py failed without a word";
  return told;
}

std::string ExchangeLog::answers() const {
  const std::lock_guard lock(mutex_);
  return answers_;
}

}  // namespace luolab
