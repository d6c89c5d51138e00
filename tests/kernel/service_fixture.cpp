// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/service_fixture.h"

#include <signal.h>

#include <map>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "db/artifact_store.h"
#include "db/store.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLuolab = LUOLAB_BINARY_DIR "/cli/luolab";

std::size_t count(const std::string& text, std::string_view word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

/// Command lines of all processes that name the folder.
std::vector<std::string> processes_that_name(const fs::path& folder) {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const auto line = read_file(entry.path() / "cmdline");
    if (line && line->find(folder.string()) != std::string::npos) found.push_back(*line);
  }
  return found;
}

}  // namespace

ServiceFixture::ServiceFixture() : folder_(fs::temp_directory_path()) {
  // An image that was built before needs no build, so workers can have caches of their own.
  image_ = build(quickstart().kernels[0]).image;
}

fs::path ServiceFixture::scenario(int jobs) const {
  const fs::path file = folder_.path() / "scenario.yaml";
  write_scratch_file(
      file, fmt::format("apiVersion: luolab/v1\nname: prebuilt\nsummary: a kernel that is there\n"
                        "kernels: {{outgoing: {{base: 'prebuilt:{}', fragments: []}}}}\n"
                        "repeat: {}\n"
                        "sessions: [{{name: s, memfds: [{{name: m, size: 1MiB}}]}}]\n",
                        image_.string(), jobs));
  return file;
}

ProcessSpec ServiceFixture::luolab(std::vector<std::string> arguments) const {
  ProcessSpec spec{.program = kLuolab,
                   .arguments = {"--state", state().string(), "--cache", cache_of("none").string()},
                   .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR}};
  spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
  return spec;
}

ProcessSpec ServiceFixture::worker(const std::string& name,
                                   std::vector<std::string> arguments) const {
  ProcessSpec spec = luolab({"worker", "--name", name});
  spec.arguments[1] = folder_.path() / name / "state";
  spec.arguments[3] = cache_of(name);
  spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
  return spec;
}

Task<fs::path> ServiceFixture::token(std::string role) const {
  ProcessSpec spec = luolab({"token", "create", "--role", role});
  const std::string said = co_await output_of(std::move(spec));
  std::istringstream lines(said);
  std::string secret;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(' ') == std::string::npos) secret = line;
  }
  const fs::path file = folder_.path() / (role + ".token");
  write_scratch_file(file, secret + "\n");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  co_return file;
}

Task<void> ServiceFixture::begins_an_attempt(Program& worker) {
  // The last one that it had has ended: the next one is a new one.
  while (count(worker.output(), " started: ") > count(worker.output(), " ended: ")) {
    std::string ended = " ended: ";
    co_await worker.says(std::move(ended));
  }
  while (count(worker.output(), " started: ") <= count(worker.output(), " ended: ")) {
    std::string started = " started: ";
    co_await worker.says(std::move(started));
  }
}

std::string ServiceFixture::port_in(const std::string& log) {
  const auto at = log.find(" port=") + 6;
  return log.substr(at, log.find(' ', at) - at);
}

Task<void> ServiceFixture::stop(Program& program) {
  program.signal(SIGTERM);
  const int code = co_await program.ended();
  EXPECT_EQ(code, 0) << program.output();
}

std::vector<AttemptRecord> ServiceFixture::attempts() const {
  auto store = Store::open_reader(store_file(state()));
  if (!store) throw std::runtime_error(store.error().what);
  std::vector<AttemptRecord> found;
  for (const AttemptSummary& summary : store->attempts({})) {
    auto attempt = store->attempt(summary.id);
    if (!attempt) throw std::runtime_error(attempt.error().what);
    found.push_back(std::move(*attempt));
  }
  return found;
}

void ServiceFixture::expect_every_job_passed_once(std::size_t jobs) const {
  const ArtifactStore artifacts(artifact_folder(state()));
  std::map<std::int64_t, int> passed;
  for (const AttemptRecord& attempt : attempts()) {
    if (attempt.summary.verdict != Verdict::PASS) continue;
    ++passed[attempt.summary.job.value];
    ASSERT_TRUE(attempt.report);
    bool console = false;
    for (const Artifact& artifact : attempt.report->artifacts) {
      const auto content = artifacts.read(artifact.sha256);
      ASSERT_TRUE(content) << artifact.name << ": " << content.error().what;
      if (artifact.name != "console.log") continue;
      console = true;
      EXPECT_EQ(count(*content, "Linux version "), 2U) << *content;
    }
    EXPECT_TRUE(console);
  }
  EXPECT_EQ(passed.size(), jobs);
  for (const auto& [job, times] : passed) EXPECT_EQ(times, 1) << "job " << job;
}

void ServiceFixture::expect_nothing_left(const std::vector<std::string>& workers) const {
  for (const std::string& line : processes_that_name(folder_.path())) ADD_FAILURE() << line;
  for (const std::string& worker : workers) {
    for (const fs::path& folder :
         {cache_of(worker) / "work", folder_.path() / worker / "state/spool" / worker}) {
      if (!fs::exists(folder)) continue;
      for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        EXPECT_TRUE(entry.is_regular_file()) << entry.path();  // the folder's lock
      }
    }
  }
}

}  // namespace luolab
