// SPDX-License-Identifier: Apache-2.0
#include "cli/service_log.h"

#include <cstdlib>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "controller/results/safe_text.h"

namespace luolab {

StderrServiceLog::StderrServiceLog() {
  auto logger = spdlog::get("controller");
  if (!logger) logger = spdlog::stderr_logger_st("controller");
  logger->set_pattern(
      std::getenv("JOURNAL_STREAM") != nullptr ? "%l %v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
}

void StderrServiceLog::info(const std::string& line) { spdlog::info("{}", one_line(line)); }

void StderrServiceLog::warning(const std::string& line) { spdlog::warn("{}", one_line(line)); }

}  // namespace luolab
