// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/gate_formats.h"

namespace luolab {
namespace {

constexpr const char* kOrigin = "luolab";

}  // namespace

std::string gate_report_in(const GateReport& report, GateFormat format) {
  switch (format) {
    case GateFormat::json:
      return gate_json(report);
    case GateFormat::markdown:
      return gate_markdown(report);
    case GateFormat::mail:
      return gate_mail(report);
    case GateFormat::junit:
      return gate_junit(report);
    case GateFormat::ktap:
      return gate_ktap(report);
    case GateFormat::kcidb:
      return gate_kcidb(report, kOrigin);
    case GateFormat::github:
      return gate_github(report);
    case GateFormat::patchwork:
      return gate_patchwork(report, "");
  }
  return {};
}

std::string media_type_of(GateFormat format) {
  switch (format) {
    case GateFormat::json:
    case GateFormat::kcidb:
    case GateFormat::patchwork:
      return "application/json";
    case GateFormat::junit:
      return "application/xml";
    case GateFormat::markdown:
    case GateFormat::mail:
    case GateFormat::ktap:
    case GateFormat::github:
      break;
  }
  return "text/plain; charset=utf-8";
}

}  // namespace luolab
