// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/fleet/fleet_setting.h"

#include <pwd.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json_fields.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSystemctl = R"sh(#!/bin/sh
d=$LUOLAB_TEST_SYSTEMD
queued=
while case $1 in -*) true ;; *) false ;; esac; do [ "$1" != --no-block ] || queued=1; shift; done
case $1 in show | is-*) ;; *) echo "$*" >> $d/orders ;; esac
case $1 in
  show) [ -e $d/no-systemd ] && { echo "Failed to connect to bus" >&2; exit 1; }; echo 252 ;;
  is-enabled) [ -e $d/enabled ] && echo enabled || { echo disabled; exit 1; } ;;
  is-active) [ -e $d/active ] && cat $d/active || { echo inactive; exit 3; } ;;
  enable) touch $d/enabled ;;
  disable) rm -f $d/enabled ;;
  start | restart)
    [ -n "$queued" ] && { echo active > $d/active; exit 0; }
    [ -e $d/refuses ] && { echo "Job for luolab-worker.service failed" >&2; exit 1; }
    if [ -e $d/hangs ]; then
      echo activating > $d/active
      while [ -e $d/active ]; do sleep 0.1; done
      exit 1
    fi
    echo active > $d/active ;;
  stop)
    [ -e $d/stays ] && { echo "Failed to stop luolab-worker.service" >&2; exit 1; }
    rm -f $d/active ;;
esac
)sh";

constexpr const char* kSudo = R"sh(#!/bin/sh
[ -e $LUOLAB_TEST_SYSTEMD/no-sudo ] && { echo "sudo: a password is required" >&2; exit 1; }
[ "$1" = -n ] || { echo "sudo: no terminal to ask for a password" >&2; exit 1; }
shift
exec "$@"
)sh";

void write_program(const fs::path& path, std::string_view text) {
  write_scratch_file(path, text);
  fs::permissions(path, fs::perms(0755));
}

ProcessOutput run(ProcessSpec spec) {
  asio::io_context io;
  auto ran = run_task(io, run_process(std::move(spec)));
  if (!ran) throw std::runtime_error(ran.error().what);
  return *ran;
}

boost::json::object machine_of(const ProcessOutput& ran) {
  const auto begin = ran.output.find("{\n");
  if (begin == std::string::npos) throw std::runtime_error("no JSON: " + ran.output);
  const auto report = boost::json::parse(ran.output.substr(begin));
  return report.at("machines").at(0).as_object();
}

}  // namespace

FleetHost::FleetHost(const fs::path& folder, const fs::path& prefix)
    : folder_(folder), prefix_(prefix.empty() ? folder / "root/opt" : prefix) {
  fs::create_directories(folder_ / "root");
  fs::create_directories(folder_ / "programs");
  fs::create_directories(folder_ / "systemd");
  write_program(folder_ / "programs/systemctl", kSystemctl);
  write_program(folder_ / "programs/sudo", kSudo);
  server_ = std::make_unique<SshServer>(std::vector<std::string>{
      "PATH=" + (folder_ / "programs").string() + ":/usr/sbin:/usr/bin:/sbin:/bin",
      "LUOLAB_TEST_SYSTEMD=" + (folder_ / "systemd").string()});
}

std::map<std::string, std::string> FleetHost::listing() const {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "root")) {
    const auto mode = static_cast<unsigned>(entry.symlink_status().permissions());
    found[entry.path().lexically_relative(folder_ / "root")] =
        fmt::format("{:o} {}", mode,
                    entry.is_regular_file() ? sha256_of_file(entry.path()) : std::string("folder"));
  }
  return found;
}

std::vector<std::string> FleetHost::orders() const {
  std::vector<std::string> orders;
  const auto text = read_file(folder_ / "systemd/orders");
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);) orders.push_back(line);
  return orders;
}

void FleetHost::set(const std::string& what) const {
  write_scratch_file(folder_ / "systemd" / what, "");
}
void FleetHost::unset(const std::string& what) const { fs::remove(folder_ / "systemd" / what); }
bool FleetHost::is(const std::string& what) const { return fs::exists(folder_ / "systemd" / what); }

FleetSetting::FleetSetting() : folder_(fs::temp_directory_path()), tree_(path("tree")) {
  const auto installed =
      run({.program = "cmake",
           .arguments = {"--install", LUOLAB_BINARY_DIR, "--prefix", tree_.string(), "--strip"}});
  if (installed.exit_code != 0) throw std::runtime_error(installed.output);
}

std::vector<std::string> FleetSetting::words(const std::string& order, const FleetHost& host,
                                             std::vector<std::string> more) const {
  std::vector<std::string> words{"fleet",
                                 order,
                                 host.server().address(),
                                 "--key",
                                 host.server().key_file(),
                                 "--prefix",
                                 host.prefix().string()};
  const auto has = [&](const char* flag) { return std::ranges::find(more, flag) != more.end(); };
  const auto unless_given = [&](const char* flag, const std::string& value) {
    if (!has(flag)) words.insert(words.end(), {flag, value});
  };
  unless_given("--host-key", host.server().host_key());
  if (order != "remove") unless_given("--from", tree_.string());
  if (order == "add") {
    unless_given("--controller", "http://127.0.0.1:1");
    unless_given("--run-as", user());
  }
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

ProcessOutput FleetSetting::fleet(const std::string& order, const FleetHost& host,
                                  std::vector<std::string> more) const {
  return luolab(words(order, host, std::move(more)));
}

ProcessOutput FleetSetting::luolab(std::vector<std::string> given) const {
  return run(command(std::move(given)));
}

ProcessSpec FleetSetting::command(std::vector<std::string> given) const {
  ProcessSpec spec{.program = LUOLAB_BINARY_DIR "/cli/luolab",
                   .arguments = {"--state", path("state").string(), "--cache", path("cache")},
                   .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR}};
  spec.arguments.insert(spec.arguments.end(), given.begin(), given.end());
  return spec;
}

std::string FleetSetting::user() { return ::getpwuid(::getuid())->pw_name; }

std::map<std::string, std::string> steps_of(const ProcessOutput& ran) {
  std::map<std::string, std::string> steps;
  const auto machine = machine_of(ran);
  for (const auto& step : machine.at("steps").as_array())
    steps[text_at(step.as_object(), "step")] = text_at(step.as_object(), "state");
  return steps;
}

std::string state_of(const ProcessOutput& ran) { return text_at(machine_of(ran), "state"); }
std::string reason_of(const ProcessOutput& ran) { return text_at(machine_of(ran), "reason"); }

}  // namespace luolab
