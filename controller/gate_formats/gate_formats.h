// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <boost/describe/enum.hpp>

#include "controller/gate/gate_report.h"
#include "controller/results/terminal_style.h"
#include "core/base/error.h"
#include "db/record.h"

namespace luolab {

// What a gate found out, for people and for other tools: pure functions of its report, described in
// docs/gate-formats.md. Patches and consoles may hold any bytes: what comes out is valid in its
// format all the same.

/// Where more is about a job ("j34") or a gate ("g5").
using ShowMore = std::function<std::string(const std::string& id)>;
/// "luolab show j34"
std::string show_command(const std::string& id);

/// What a person reads first: the answer, what speaks for it, and where more is.
std::string gate_summary(const GateReport& report, const TerminalStyle& style,
                         const ShowMore& more = show_command);

/// Schema "luolab.gate/v1", indented; and back. Fault::scenario where it is not of that schema.
std::string gate_json(const GateReport& report);
Result<GateReport> read_gate_json(const std::string& text);

/// For a comment on a pull request.
std::string gate_markdown(const GateReport& report);

/// Plain text of at most 76 columns for a mailing list.
std::string gate_mail(const GateReport& report);

/// JUnit and KTAP version 1: a suite per scenario, a case per test and per phase that was compared.
/// A test that fails on the baseline as well is an expected failure; trouble of the lab is an
/// error.
std::string gate_junit(const GateReport& report);
std::string gate_ktap(const GateReport& report);

/// KCIDB JSON, schema v5.3: a checkout, the candidate's build, its tests and its phases' medians.
/// `origin` names the lab (a-z, 0-9, _).
std::string gate_kcidb(const GateReport& report, const std::string& origin);
/// The same of a run's jobs: `luolab export RUN --format kcidb`.
std::string run_kcidb(const RunRecord& run, const std::string& origin);

/// GitHub's workflow commands, a line each: annotations on the workflow's page. The step summary is
/// the Markdown. Source: GitHub documentation, "Workflow commands for GitHub Actions".
std::string gate_github(const GateReport& report);

/// The body of a check of patchwork's REST API (1.3, POST /patches/{id}/checks/): state,
/// target_url, context, description. `url` is where the report can be read; may be empty.
std::string gate_patchwork(const GateReport& report, const std::string& url);

/// The formats that are asked for by their names.
enum class GateFormat { json, markdown, mail, junit, ktap, kcidb, github, patchwork };
BOOST_DESCRIBE_ENUM(GateFormat, json, markdown, mail, junit, ktap, kcidb, github, patchwork)

/// The report in that format, for a lab called "luolab".
std::string gate_report_in(const GateReport& report, GateFormat format);
/// Its media type.
std::string media_type_of(GateFormat format);

}  // namespace luolab
