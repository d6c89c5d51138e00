// SPDX-License-Identifier: Apache-2.0
#include "controller/results/report_json.h"

#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "controller/results/safe_text.h"

namespace luolab {
namespace {

namespace json = boost::json;

template <class T, class Convert>
json::array list(const std::vector<T>& items, Convert convert) {
  json::array array;
  array.reserve(items.size());
  for (const T& item : items) array.push_back(convert(item));
  return array;
}

/// metadata.json as JSON; as text where it is none.
json::value metadata_of(const BuildReport& build) {
  boost::system::error_code code;
  json::value metadata = json::parse(build.metadata_json, code);
  return code ? json::value(build.metadata_json) : metadata;
}

json::object build_json(const BuildReport& build) {
  return {{"digest", build.digest},     {"title", build.title},
          {"release", build.release},   {"base_version", build.base_version},
          {"build_id", build.build_id}, {"metadata", metadata_of(build)}};
}

json::object hop_json(const HopReport& hop) {
  return {{"hop", hop.index},
          {"outgoing_build", hop.outgoing_build},
          {"incoming_build", hop.incoming_build},
          {"outgoing_boot_id", hop.outgoing_boot_id},
          {"incoming_boot_id", hop.incoming_boot_id},
          {"incoming_release", hop.incoming_release},
          {"incoming_build_id", hop.incoming_build_id}};
}

json::object phase_json(const Phase& phase) {
  json::object object{{"name", phase.name},          {"hop", phase.hop},
                      {"subject", phase.subject},    {"start_ns", phase.start.count()},
                      {"end_ns", phase.end.count()}, {"duration_ns", phase.duration.count()}};
  if (phase.start_tsc) object["start_tsc"] = *phase.start_tsc;
  if (phase.end_tsc) object["end_tsc"] = *phase.end_tsc;
  return object;
}

json::object checksum_json(const Checksum& sum) {
  return {{"hop", sum.hop},
          {"memfd", sum.memfd},
          {"offset_bytes", sum.offset_bytes},
          {"length_bytes", sum.length_bytes},
          {"algorithm", sum.algorithm},
          {"expected", sum.expected},
          {"actual", sum.actual},
          {"equal", sum.expected == sum.actual}};
}

json::object check_json(const Check& check) {
  return {{"hop", check.hop},
          {"name", check.name},
          {"subject", check.subject},
          {"verdict", verdict_name(check.verdict)},
          {"detail", check.detail}};
}

/// JSON has no infinities and no NaN (RFC 8259, section 6): they are null.
json::object measurement_json(const Measurement& measurement) {
  return {
      {"hop", measurement.hop},
      {"name", measurement.name},
      {"value", std::isfinite(measurement.value) ? json::value(measurement.value) : json::value()},
      {"unit", measurement.unit},
      {"detail", measurement.detail}};
}

json::object finding_json(const ConsoleFinding& finding) {
  return {
      {"kind", finding.kind}, {"offset_bytes", finding.offset_bytes}, {"excerpt", finding.excerpt}};
}

json::object artifact_json(const Artifact& artifact) {
  return {
      {"name", artifact.name}, {"sha256", artifact.sha256}, {"size_bytes", artifact.size_bytes}};
}

}  // namespace

json::object report_json(const AttemptReport& report) {
  return {{"verdict", verdict_name(report.verdict)},
          {"reason", report.reason},
          {"worker", report.worker},
          {"accel", report.accel},
          {"start", start_point_name(report.start)},
          {"wall_ns", report.wall.count()},
          {"bytes_verified", report.bytes_verified},
          {"builds", list(report.builds, build_json)},
          {"hops", list(report.hops, hop_json)},
          {"phases", list(report.phases, phase_json)},
          {"checksums", list(report.checksums, checksum_json)},
          {"checks", list(report.checks, check_json)},
          {"measurements", list(report.measurements, measurement_json)},
          {"findings", list(report.findings, finding_json)},
          {"artifacts", list(report.artifacts, artifact_json)}};
}

json::value valid_json(const json::value& value) {
  if (const auto* text = value.if_string()) return json::value(valid_utf8(*text));
  if (const auto* array = value.if_array()) {
    json::array valid;
    for (const json::value& item : *array) valid.push_back(valid_json(item));
    return valid;
  }
  if (const auto* object = value.if_object()) {
    json::object valid;
    for (const auto& [key, item] : *object) valid[valid_utf8(key)] = valid_json(item);
    return valid;
  }
  return value;
}

}  // namespace luolab
