// SPDX-License-Identifier: Apache-2.0
#include "scenarios/expand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/protocol/json.h"
#include "tests/unit/scenarios/document.h"

namespace luolab {
namespace {

using testing::document_with;
using ::testing::ElementsAre;
using testing::expand_errors_of;
using ::testing::HasSubstr;
using testing::jobs_of;
using testing::small_catalog;

constexpr std::string_view kTwoVersions =
    "apiVersion: luolab/v1\nname: x\n"
    "kernels:\n"
    "  outgoing: {base: linux-7.2, series: [phase-stamps]}\n"
    "  hops: [{base: linux-7.3}, {base: linux-7.2, series: [phase-stamps]}]\n"
    "sessions: [{name: s, memfds: [{name: m, size: '${size}'}]}]\n"
    "matrix: {size: [1MiB, 2MiB]}\n"
    "repeat: 2\n";

std::vector<std::string> titles_of(const std::vector<Job>& jobs) {
  std::vector<std::string> titles;
  for (const Job& job : jobs) titles.push_back(job_title(job));
  return titles;
}

TEST(Expand, RunsThePointsInTurns) {
  EXPECT_THAT(titles_of(jobs_of(kTwoVersions)),
              ElementsAre("x[size=1MiB]#0", "x[size=2MiB]#0", "x[size=1MiB]#1", "x[size=2MiB]#1"));
}

TEST(Expand, GivesTheSameJobsEveryTime) {
  EXPECT_EQ(pretty(to_json(jobs_of(kTwoVersions))), pretty(to_json(jobs_of(kTwoVersions))));
}

TEST(Expand, ListsAKernelOnceHoweverOftenItIsUsed) {
  const Job job = jobs_of(kTwoVersions).at(0);
  ASSERT_EQ(job.kernels.size(), 2U);
  EXPECT_EQ(kernel_title(job.kernels[0]), "linux-7.2 + phase-stamps");
  EXPECT_EQ(kernel_title(job.kernels[1]), "linux-7.3");
  EXPECT_EQ(job.outgoing, 0U);
  EXPECT_THAT(job.hops, ElementsAre(1U, 0U));
}

constexpr std::string_view kRoles =
    "apiVersion: luolab/v1\nname: x\n"
    "kernels:\n"
    "  outgoing: {base: linux-7.2, role: fixed}\n"
    "  hops: [{base: linux-7.2, role: baseline}, {base: linux-7.2, role: candidate}]\n"
    "sessions: [{name: s, memfds: [{name: m, size: 1}]}]\n"
    "latency: [preserve, blackout, preserve]\n";

TEST(Expand, AKernelsRoleSaysWhichFlagsChangeIt) {
  ExpandOptions options;
  options.base = "linux-7.3";
  options.series = {{"mine", {{"a.patch", "text"}}}};
  options.fragments = {"debug"};
  const Job job = jobs_of(kRoles, options).at(0);
  ASSERT_EQ(job.kernels.size(), 3U);
  EXPECT_EQ(kernel_title(job.kernels[0]), "linux-7.2");
  EXPECT_EQ(job.kernels[0].fragments.size(), 2U);
  EXPECT_EQ(kernel_title(job.kernels[1]), "linux-7.3");
  EXPECT_EQ(job.kernels[1].fragments.size(), 3U);
  EXPECT_EQ(kernel_title(job.kernels[2]), "linux-7.3 + mine");
  EXPECT_EQ(job.outgoing, 0U);
  EXPECT_THAT(job.hops, ElementsAre(1U, 2U));
}

TEST(Expand, KernelsThatNoFlagTellsApartAreOne) {
  EXPECT_EQ(jobs_of(kRoles).at(0).kernels.size(), 1U);
}

TEST(Expand, NamesEachPhaseToCompareOnce) {
  EXPECT_THAT(jobs_of(kRoles).at(0).latency, ElementsAre("preserve", "blackout"));
}

TEST(Expand, HopsOnceToTheOutgoingKernelByDefault) {
  const Job job = jobs_of(document_with("")).at(0);
  EXPECT_EQ(job.kernels.size(), 1U);
  EXPECT_THAT(job.hops, ElementsAre(0U));
}

TEST(Expand, TakesANumberOfHops) {
  std::string text = document_with("");
  text.replace(text.find("}}"), 2, "}, hops: 3}");
  EXPECT_THAT(jobs_of(text).at(0).hops, ElementsAre(0U, 0U, 0U));
}

TEST(Expand, PutsInTheDefaultFragments) {
  const Job job = jobs_of(document_with("")).at(0);
  ASSERT_EQ(job.kernels[0].fragments.size(), 2U);
  EXPECT_EQ(job.kernels[0].fragments[0].text, "CONFIG_LIVEUPDATE=y\n");
  EXPECT_EQ(job.kernels[0].fragments[1].name, "qemu-x86_64");
}

TEST(Expand, CarriesEverythingAWorkerNeeds) {
  const Job job =
      jobs_of(document_with("summary: words\n"
                            "target: {memory: 2GiB, cpus: 4, tags: [fast], cmdline: [a=b]}\n"
                            "checks: {console: alive, untainted: false, blackout: {max: 10s}}\n"
                            "timeouts: {queue: 2h, build: 3m, boot: 4s, hop: 5s, silence: 6s}\n"
                            "range: 1MiB\n"))
          .at(0);
  EXPECT_EQ(job.summary, "words");
  EXPECT_EQ(job.target.memory_bytes, std::uint64_t{2} << 30);
  EXPECT_EQ(job.target.cpus, 4U);
  EXPECT_THAT(job.target.tags, ElementsAre("fast"));
  EXPECT_THAT(job.target.cmdline, ElementsAre("a=b"));
  EXPECT_EQ(job.checks.console, ConsoleCheck::alive);
  EXPECT_FALSE(job.checks.untainted);
  EXPECT_EQ(job.checks.phase_max.at("blackout"), std::chrono::seconds{10});
  EXPECT_EQ(job.timeouts.queue, std::chrono::hours{2});
  EXPECT_EQ(job.timeouts.build, std::chrono::minutes{3});
  EXPECT_EQ(job.timeouts.boot, std::chrono::seconds{4});
  EXPECT_EQ(job.timeouts.hop, std::chrono::seconds{5});
  EXPECT_EQ(job.timeouts.silence, std::chrono::seconds{6});
  EXPECT_EQ(job.range_bytes, 1U << 20);
}

TEST(Expand, AppendsTheFlagsSeriesAndFragmentsToEveryKernel) {
  ExpandOptions options;
  options.series = {{"mine", {{"p", "text"}}}};
  options.fragments = {"debug"};
  const Job job = jobs_of(kTwoVersions, options).at(0);
  for (const KernelSpec& kernel : job.kernels) {
    EXPECT_EQ(kernel.series.back().name, "mine");
    EXPECT_EQ(kernel.fragments.back().name, "debug");
  }
  EXPECT_EQ(kernel_title(job.kernels[0]), "linux-7.2 + phase-stamps + mine");
}

TEST(Expand, OverridesEveryBaseAndMergesKernelsThatBecomeOne) {
  ExpandOptions options;
  options.base = "linux-7.3";
  const Job job = jobs_of(
                      "apiVersion: luolab/v1\nname: x\n"
                      "kernels: {outgoing: {base: linux-7.2}, hops: [{base: linux-7.3}]}\n"
                      "sessions: [{name: s, memfds: [{name: m, size: 1}]}]\n",
                      options)
                      .at(0);
  ASSERT_EQ(job.kernels.size(), 1U);
  EXPECT_EQ(job.kernels[0].base.name, "linux-7.3");
  EXPECT_THAT(job.hops, ElementsAre(0U));
}

TEST(Expand, OverridesABaseThatTheCatalogDoesNotHave) {
  std::string text = document_with("");
  text.replace(text.find("linux-7.3"), 9, "linux-9.9");
  ExpandOptions options;
  options.base = "linux-7.2";
  EXPECT_EQ(jobs_of(text, options).at(0).kernels.at(0).base.name, "linux-7.2");
}

TEST(Expand, NamesThePlaceOfEveryUnknownName) {
  EXPECT_EQ(
      expand_errors_of(
          "apiVersion: luolab/v1\nname: x\n"
          "kernels: {outgoing: {base: linux-7.9, series: [othr], fragments: [debgu]}}\n"
          "sessions: [{name: s, memfds: [{name: m, size: 1}]}]\n"),
      "x.yaml:3:28: kernels.outgoing.base: base \"linux-7.9\" is not known (did you mean "
      "\"linux-7.2\"?)\n"
      "x.yaml:3:48: kernels.outgoing.series[0]: series \"othr\" is not known (did you mean "
      "\"other\"?)\n"
      "x.yaml:3:67: kernels.outgoing.fragments[0]: fragment \"debgu\" is not known (did you mean "
      "\"debug\"?)\n");
}

TEST(Expand, BlamesTheFlagForAnUnknownName) {
  ExpandOptions options;
  options.base = "linux-7.4";
  options.fragments = {"nothing-like-it"};
  EXPECT_THAT(expand_errors_of(document_with(""), options),
              AllOf(HasSubstr("--base: base \"linux-7.4\" is not known"),
                    HasSubstr("--fragment: fragment \"nothing-like-it\" is not known")));
}

TEST(Expand, RepeatsAsTheFlagSays) {
  ExpandOptions options;
  options.repeat = 3;
  EXPECT_EQ(jobs_of(document_with("repeat: 7\n"), options).size(), 3U);
}

TEST(Expand, RefusesNoneAndTooManyRepetitions) {
  ExpandOptions options;
  options.repeat = 0;
  EXPECT_THAT(expand_errors_of(document_with(""), options), HasSubstr("--repeat: 0 repetitions"));
  options.repeat = 5001;
  EXPECT_THAT(expand_errors_of(kTwoVersions, options),
              HasSubstr("2 points 5001 times are over 10000"));
  options.repeat = 4'294'967'295;
  EXPECT_THAT(expand_errors_of(kTwoVersions, options), HasSubstr("are over 10000 jobs"));
}

TEST(Expand, BoundsThePatchesOfAllJobs) {
  ExpandOptions options;
  options.series = {{"big", {{"p", std::string(2 << 20, 'x')}}}};
  options.repeat = 1000;
  EXPECT_THAT(expand_errors_of(document_with(""), options), HasSubstr("over 1 GiB of patches"));
}

TEST(Expand, SetsAMatrixParameterToOneValue) {
  ExpandOptions options;
  options.settings = {{"size", "3MiB"}};
  const auto jobs = jobs_of(kTwoVersions, options);
  EXPECT_THAT(titles_of(jobs), ElementsAre("x[size=3MiB]#0", "x[size=3MiB]#1"));
  EXPECT_EQ(jobs[0].sessions[0].memfds[0].size_bytes, 3U << 20);
}

TEST(Expand, SetsAValueByItsPath) {
  ExpandOptions options;
  options.settings = {
      {"target.memory", "2GiB"}, {"sessions[0].memfds[0].size", "4096"}, {"repeat", "2"}};
  const auto jobs = jobs_of(document_with("target: {memory: 1GiB}\nrepeat: 1\n"), options);
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].target.memory_bytes, std::uint64_t{2} << 30);
  EXPECT_EQ(jobs[0].sessions[0].memfds[0].size_bytes, 4096U);
}

TEST(Expand, ChecksWhatWasSetLikeWhatWasWritten) {
  ExpandOptions options;
  options.settings = {{"sessions[0].memfds[0].size", "1GBB"}};
  EXPECT_EQ(
      expand_errors_of(document_with(""), options),
      "x.yaml:5:40: sessions[0].memfds[0].size: \"1GBB\" is not a size (try 1GiB, 512MiB, 4KiB or "
      "4096)\n");
}

TEST(Expand, NamesTheNearestPathForASettingThatThereIsNot) {
  ExpandOptions options;
  options.settings = {{"target.memroy", "2GiB"}, {"siez", "1"}};
  const std::string errors =
      expand_errors_of(std::string(kTwoVersions) + "target: {memory: 1GiB}\n", options);
  EXPECT_THAT(errors, HasSubstr("--set: scenario x: \"target.memroy\" is neither"));
  EXPECT_THAT(errors, HasSubstr("did you mean \"target.memory\"?"));
  EXPECT_THAT(errors, HasSubstr("did you mean \"size\"?"));
}

TEST(Expand, RefusesToSetWhatIsNoSingleValue) {
  ExpandOptions options;
  options.settings = {{"sessions", "1"}};
  EXPECT_THAT(expand_errors_of(document_with(""), options), HasSubstr("\"sessions\" is neither"));
}

TEST(Setting, IsKeyAndValue) {
  const auto setting = parse_setting("target.cmdline[0]=a=b");
  ASSERT_TRUE(setting);
  EXPECT_EQ(setting->key, "target.cmdline[0]");
  EXPECT_EQ(setting->value, "a=b");
}

TEST(Setting, RefusesHalves) {
  for (const char* text : {"", "key", "=value", "key="}) {
    const auto setting = parse_setting(text);
    ASSERT_FALSE(setting) << text;
    EXPECT_EQ(setting.error().fault, Fault::scenario);
    EXPECT_THAT(setting.error().what, HasSubstr("is not KEY=VALUE"));
  }
}

constexpr std::string_view kRollout =
    "apiVersion: luolab/v1\nname: x\n"
    "kernels: {outgoing: {base: linux-7.2}}\n"
    "target: {driver: ssh}\n"
    "sessions: [{name: s, memfds: [{name: m, size: '${size}'}]}]\n"
    "matrix: {size: [1, 2]}\n"
    "rollout: {targets: [c, b, a], canary: 1, error_budget: 50%, soak: 5s}\n";

TEST(Expand, RunsEveryPointOnEveryTargetOfARolloutWaveByWave) {
  const std::vector<Job> jobs = jobs_of(kRollout);
  EXPECT_THAT(titles_of(jobs),
              ElementsAre("x[size=1,target=c]#0", "x[size=2,target=c]#0", "x[size=1,target=b]#0",
                          "x[size=2,target=b]#0", "x[size=1,target=a]#0", "x[size=2,target=a]#0"));
  EXPECT_EQ(jobs.front().target.name, "c");
  EXPECT_EQ(jobs.back().target.name, "a");
  EXPECT_EQ(jobs.back().target.driver, "ssh");
}

RolloutSpec rollout_of(std::string_view text, const ExpandOptions& options = {}) {
  return expand(testing::scenario_of(text), small_catalog(), options).rollout.value();
}

TEST(Expand, SaysWhichTargetIsInWhichWave) {
  const RolloutSpec rollout = rollout_of(kRollout);
  EXPECT_EQ(rollout.scenario, "x");
  EXPECT_THAT(rollout.waves, ElementsAre(ElementsAre("c"), ElementsAre("b", "a")));
  EXPECT_TRUE(rollout.canary);
  EXPECT_EQ(rollout.error_budget, 1U) << "half of three targets, rounded down";
  EXPECT_EQ(rollout.soak, std::chrono::seconds(5));
}

std::vector<std::size_t> wave_sizes(const std::string& rollout) {
  std::vector<std::size_t> sizes;
  for (const auto& wave : rollout_of(document_with("rollout: " + rollout + "\n")).waves)
    sizes.push_back(wave.size());
  return sizes;
}

TEST(Expand, AWaveSaysHowManyTargetsHaveHadTheUpdateAfterIt) {
  EXPECT_THAT(wave_sizes("{targets: [a, b, c]}"), ElementsAre(3U));
  EXPECT_THAT(wave_sizes("{targets: [a, b, c], canary: 3}"), ElementsAre(3U));
  EXPECT_THAT(wave_sizes("{targets: [a, b, c], waves: [1, 3]}"), ElementsAre(1U, 2U));
  EXPECT_THAT(wave_sizes("{targets: [a, b, c], waves: [40%, 100%]}"), ElementsAre(2U, 1U))
      << "rounded up";
  EXPECT_THAT(wave_sizes("{targets: [a, b, c, d], canary: 1, waves: [50%, 4]}"),
              ElementsAre(1U, 1U, 2U));
}

TEST(Expand, SettingsReachTheRollout) {
  const RolloutSpec rollout = rollout_of(kRollout, {.settings = {{"rollout.error_budget", "2"}}});
  EXPECT_EQ(rollout.error_budget, 2U);
}

TEST(Expand, CountsTheTargetsOfARolloutAmongItsJobs) {
  EXPECT_THAT(expand_errors_of(kRollout, {.repeat = 5000}),
              HasSubstr("2 points 5000 times on 3 targets are over 10000 jobs"));
}

}  // namespace
}  // namespace luolab
