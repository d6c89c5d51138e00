// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/lab_fixture.h"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "core/protocol/page_map.h"
#include "kernel-patches/catalog.h"
#include "scenarios/expand.h"
#include "scenarios/loader.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

Places test_places() {
  Places places = find_places("", "");
  places.data = LUOLAB_SOURCE_DIR;
  places.agent = std::filesystem::path(LUOLAB_BINARY_DIR) / "agent/luolab-agent";
  return places;
}

const Catalog& catalog() {
  static const auto kCatalog = Catalog::load(LUOLAB_SOURCE_DIR);
  if (!kCatalog) throw std::runtime_error(kCatalog.error().what);
  return *kCatalog;
}

BuilderOptions builder_options(const Places& places) {
  return {.cache_dir = places.cache, .trusted_patches = catalog().patch_digests()};
}

}  // namespace

LabFixture::LabFixture()
    : places_(test_places()),
      scratch_(places_.cache),
      evidence_(std::filesystem::temp_directory_path()) {}

std::vector<Job> LabFixture::jobs_of(const std::string& file) {
  const auto text = read_file(std::filesystem::path(LUOLAB_SOURCE_DIR) / file);
  EXPECT_TRUE(text) << text.error().what;
  const LoadResult loaded = load_scenarios(*text, file);
  EXPECT_TRUE(loaded.errors.empty()) << to_string(loaded.errors);
  std::vector<Job> jobs;
  for (const Scenario& scenario : loaded.scenarios) {
    ExpandResult expanded = expand(scenario, catalog());
    EXPECT_TRUE(expanded.errors.empty()) << to_string(expanded.errors);
    for (Job& job : expanded.jobs) jobs.push_back(std::move(job));
  }
  return jobs;
}

AttemptReport LabFixture::run(const Job& job, AttemptHooks hooks) {
  asio::io_context io;
  return run(io, job, std::move(hooks), nullptr);
}

AttemptReport LabFixture::run(asio::io_context& io, const Job& job, AttemptHooks hooks,
                              TemplatePool* pool) {
  Attempt attempt(*this, io, std::move(hooks), pool);
  return run_task(io, run_attempt(job, attempt.context));
}

LabFixture::Attempt::Attempt(LabFixture& lab, asio::io_context& io, AttemptHooks hooks,
                             TemplatePool* pool)
    : builder(io.get_executor(), builder_options(lab.places_)),
      context{.builder = builder,
              .blocking = blocking,
              .agent = lab.places_.agent,
              .cache = lab.scratch_,
              .keep =
                  [&lab](const std::filesystem::path& file, std::string_view name) {
                    std::filesystem::copy_file(file, lab.evidence_.path() / name,
                                               std::filesystem::copy_options::overwrite_existing);
                    return Artifact{.name = std::string(name)};
                  },
              .on_activity = [](std::string_view) {},
              .templates = pool,
              .hooks = std::move(hooks)} {}

KernelBuild LabFixture::build(const KernelSpec& kernel) {
  asio::io_context io;
  KernelBuilder builder(io.get_executor(), builder_options(places_));
  const auto built = run_task(io, builder.build(kernel));
  EXPECT_TRUE(built) << (built ? "" : built.error().error.what);
  return built ? *built : KernelBuild{};
}

boost::json::value LabFixture::page_map() const {
  const auto text = read_file(evidence_.path() / kPageMapArtifact);
  return text ? boost::json::parse(*text) : boost::json::value();
}

std::string LabFixture::console() const {
  const auto text = read_file(evidence_.path() / "console.log");
  return text ? *text : "";
}

const Check& check_of(const AttemptReport& report, const std::string& name) {
  static const Check kNone;
  for (const Check& check : report.checks) {
    if (check.name == name) return check;
  }
  ADD_FAILURE() << "no check " << name;
  return kNone;
}

}  // namespace luolab
