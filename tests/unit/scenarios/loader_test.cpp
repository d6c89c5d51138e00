// SPDX-License-Identifier: Apache-2.0
#include "scenarios/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/problems.h"
#include "tests/unit/scenarios/document.h"

namespace luolab {
namespace {

using ::testing::AllOf;
using testing::document_with;
using testing::document_with_memfd;
using testing::errors_of;
using ::testing::HasSubstr;
using testing::jobs_of;
using ::testing::Not;
using testing::scenario_of;

TEST(Loader, ReadsTheHeadOfAScenario) {
  const Scenario scenario = scenario_of(document_with("summary: a sentence\nrepeat: 3\n"));
  EXPECT_EQ(scenario.name, "x");
  EXPECT_EQ(scenario.summary, "a sentence");
  EXPECT_EQ(scenario.repeat, 3U);
  EXPECT_EQ(scenario.file, "x.yaml");
  EXPECT_TRUE(scenario.matrix.empty());
}

TEST(Loader, SaysEverythingAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      errors_of("apiVersion: luolab/v1\n"
                "name: x y\n"
                "kernels: {outgoing: {base: linux-7.4, series: [phase-stamp]}}\n"
                "target: {memroy: 1GiB, cpus: two}\n"
                "sessions:\n"
                "  - {name: s, memfds: [{name: m, size: 1GBB}]}\n"
                "repeat: 0\n"),
      "x.yaml:2:7: name: \"x y\" is not a name (1 to 63 letters, digits, '.', '_' or '-', "
      "beginning "
      "with a letter or digit)\n"
      "x.yaml:3:28: kernels.outgoing.base: base \"linux-7.4\" is not known (did you mean "
      "\"linux-7.2\"?)\n"
      "x.yaml:3:48: kernels.outgoing.series[0]: series \"phase-stamp\" is not known (did you mean "
      "\"phase-stamps\"?)\n"
      "x.yaml:4:10: target: \"memroy\" is not a key (did you mean \"memory\"?)\n"
      "x.yaml:4:30: target.cpus: \"two\" is not a whole number from 1 to 64\n"
      "x.yaml:6:40: sessions[0].memfds[0].size: \"1GBB\" is not a size (try 1GiB, 512MiB, 4KiB or "
      "4096)\n"
      "x.yaml:7:9: repeat: \"0\" is not a whole number from 1 to 10000\n");
}

TEST(Loader, NamesTheNearestWordForAnUnknownKey) {
  EXPECT_EQ(errors_of(document_with("sumary: x\n")),
            "x.yaml:6:1: \"sumary\" is not a key (did you mean \"summary\"?)\n");
}

TEST(Loader, ListsTheKnownKeysWhereNoneIsNear) {
  EXPECT_THAT(errors_of(document_with("timeouts: {xyzzy: 1s}\n")),
              HasSubstr("(known: queue, build, boot, hop, silence)"));
}

TEST(Loader, NamesEveryMissingKey) {
  const std::string errors = errors_of("apiVersion: luolab/v1\n");
  EXPECT_THAT(errors, AllOf(HasSubstr("\"name\" is missing"), HasSubstr("\"kernels\" is missing"),
                            HasSubstr("\"sessions\" is missing")));
}

TEST(Loader, FindsAKeyThatIsGivenTwice) {
  EXPECT_EQ(errors_of(document_with("repeat: 2\nrepeat: 3\n")),
            "x.yaml:7:1: repeat: this key is given twice\n");
}

TEST(Loader, RefusesAKeyThatIsNoWord) {
  EXPECT_THAT(errors_of(document_with("[a, b]: 3\n")), HasSubstr("a key is a word, not a list"));
}

TEST(Loader, RefusesAnotherFormatAndReadsNoFurther) {
  EXPECT_EQ(
      errors_of("apiVersion: luolab/v2\nnew: thing\n"),
      "x.yaml:1:13: apiVersion: \"luolab/v2\" is not a format that this luolab reads (it reads "
      "\"luolab/v1\")\n");
}

TEST(Loader, RefusesAnEmptyFile) {
  EXPECT_EQ(errors_of(""), "x.yaml:1:1: there is no scenario in this file\n");
  EXPECT_EQ(errors_of("# only a comment\n"), "x.yaml:1:1: there is no scenario in this file\n");
}

TEST(Loader, RefusesAnEmptyDocument) {
  EXPECT_THAT(errors_of(document_with("---\n")), HasSubstr("x.yaml:7:1: the document is empty"));
}

TEST(Loader, RefusesADocumentThatIsNoMap) {
  EXPECT_THAT(errors_of("- a\n"), HasSubstr("a scenario is a map, found a list"));
  EXPECT_THAT(errors_of("just words\n"), HasSubstr("a scenario is a map, found a value"));
}

TEST(Loader, ReadsSeveralDocuments) {
  std::string second = document_with("");
  second.replace(second.find("name: x"), 7, "name: y");
  EXPECT_EQ(load_scenarios(document_with("---\n") + second, "x.yaml").scenarios.size(), 2U);
}

TEST(Loader, RefusesTwoDocumentsOfOneName) {
  EXPECT_EQ(errors_of(document_with("---\n") + document_with("")),
            "x.yaml:8:7: name: the name \"x\" is taken by an earlier document of this file\n");
}

TEST(Loader, ReportsBadContentBeforeASyntaxErrorToo) {
  EXPECT_THAT(errors_of(document_with("repeat: 0\n---\na: [\n")),
              AllOf(HasSubstr("x.yaml:6:9: repeat"), HasSubstr("x.yaml:9:1: not YAML")));
}

TEST(Loader, GivesNoScenarioWhereThereIsAnError) {
  std::string bad = document_with("repeat: 0\n");
  bad.replace(bad.find("name: x"), 7, "name: y");
  EXPECT_TRUE(load_scenarios(document_with("---\n") + bad, "x.yaml").scenarios.empty());
}

TEST(Loader, TellsNumbersFromText) {
  EXPECT_THAT(errors_of(document_with("repeat: '3'\n")), HasSubstr("leave the quotes away"));
  EXPECT_THAT(errors_of(document_with("summary: 12\n")), HasSubstr("put it in quotes"));
  EXPECT_THAT(errors_of(document_with("summary: yes\n")), HasSubstr("put it in quotes"));
  EXPECT_EQ(errors_of(document_with("summary: '12'\n")), "");
}

TEST(Loader, RefusesNothingWhereAValueIsExpected) {
  EXPECT_THAT(errors_of(document_with("repeat:\n")),
              HasSubstr("a number is expected here, found nothing"));
  EXPECT_THAT(errors_of(document_with("target:\n")),
              HasSubstr("a map is expected here, found nothing"));
  EXPECT_THAT(errors_of(document_with("checks: [clean]\n")),
              HasSubstr("a map is expected here, found a list"));
}

TEST(Loader, RefusesNumbersThatDoNotFit) {
  for (const char* number : {"-1", "1.5", "1e3", "18446744073709551616", "65", "0x10"}) {
    EXPECT_THAT(errors_of(document_with("target: {cpus: " + std::string(number) + "}\n")),
                HasSubstr("is not a whole number from 1 to 64"))
        << number;
  }
}

TEST(Loader, RefusesDurationsWithoutUnitOrLength) {
  for (const char* duration : {"10", "0s", "0", "-1s", "ten seconds", "1d"}) {
    EXPECT_THAT(errors_of(document_with("timeouts: {hop: " + std::string(duration) + "}\n")),
                HasSubstr("timeouts.hop: \"" + std::string(duration) + "\" is not a duration"))
        << duration;
  }
}

TEST(Loader, RefusesAPhaseThatThereIsNot) {
  EXPECT_THAT(errors_of(document_with("checks: {blackuot: {max: 1s}}\n")),
              HasSubstr("did you mean \"blackout\"?"));
  EXPECT_THAT(errors_of(document_with("checks: {blackout: {}}\n")),
              HasSubstr("\"max\" is missing"));
}

TEST(Loader, RefusesTooLittleMemory) {
  EXPECT_THAT(errors_of(document_with("target: {memory: 256MiB}\n")),
              HasSubstr("the least is 512MiB"));
  EXPECT_THAT(errors_of(document_with("target: {memory: 1073741825}\n")),
              HasSubstr("whole number of MiB"));
}

TEST(Loader, RefusesTooManyOrNoCpus) {
  EXPECT_THAT(errors_of(document_with("target: {cpus: 0}\n")), HasSubstr("from 1 to 64"));
  EXPECT_THAT(errors_of(document_with("target: {cpus: 65}\n")), HasSubstr("from 1 to 64"));
  EXPECT_EQ(errors_of(document_with("target: {cpus: 64}\n")), "");
}

TEST(Loader, RefusesADriverAndAnArchitectureItDoesNotKnow) {
  EXPECT_THAT(errors_of(document_with("target: {driver: qmeu, arch: x86-64}\n")),
              AllOf(HasSubstr("did you mean \"qemu\"?"), HasSubstr("did you mean \"x86_64\"?")));
}

TEST(Loader, RefusesCommandLineWordsThatAreTwo) {
  EXPECT_THAT(errors_of(document_with("target: {cmdline: [a b]}\n")),
              HasSubstr("one list item per word"));
  EXPECT_THAT(errors_of(document_with("target: {cmdline: [\"" + std::string(1025, 'a') + "\"]}\n")),
              HasSubstr("1024 is the most"));
}

TEST(Loader, RefusesARangeThatCutsPages) {
  EXPECT_THAT(errors_of(document_with("range: 4097\n")), HasSubstr("no multiple of the page"));
  EXPECT_THAT(errors_of(document_with("range: 0\n")), HasSubstr("no multiple of the page"));
}

TEST(Loader, RefusesARangeThatMakesTooManyChecksums) {
  EXPECT_THAT(errors_of("apiVersion: luolab/v1\nname: x\nkernels: {outgoing: {base: linux-7.3}}\n"
                        "target: {memory: 2GiB}\nrange: 4KiB\n"
                        "sessions: [{name: s, memfds: [{name: m, size: 1GiB}]}]\n"),
              HasSubstr("x.yaml:5:8: range: 262145 checksums of 4KiB each; 65536 are the most"));
}

TEST(Loader, RefusesHopsThatAreNone) {
  const auto with_hops = [](const std::string& hops) {
    return errors_of(
        "apiVersion: luolab/v1\nname: x\nkernels: {outgoing: {base: linux-7.3}, hops: " + hops +
        "}\nsessions: [{name: s, memfds: [{name: m, size: 1}]}]\n");
  };
  EXPECT_THAT(with_hops("0"), HasSubstr("from 1 to 64"));
  EXPECT_THAT(with_hops("[]"), HasSubstr("0 hops; a scenario has 1 to 64"));
  EXPECT_THAT(with_hops("[{series: [other]}]"), HasSubstr("kernels.hops[0]: \"base\" is missing"));
  EXPECT_THAT(with_hops("[{base: linux-7.3, fragments: [debgu]}]"),
              HasSubstr("did you mean \"debug\"?"));
  EXPECT_EQ(with_hops("64"), "");
}

TEST(Loader, EscapesWhatATerminalWouldObey) {
  EXPECT_THAT(errors_of(document_with("range: \"\\e[31m\"\n")),
              AllOf(HasSubstr("\"\\x1b[31m\" is not a size"), Not(HasSubstr("\x1b"))));
}

TEST(Loader, CutsAVeryLongValueInItsMessage) {
  const std::string errors = errors_of(document_with("range: " + std::string(4000, 'x') + "\n"));
  EXPECT_LT(errors.size(), 300U);
  EXPECT_THAT(errors, HasSubstr("...\" is not a size"));
}

TEST(Loader, CountsTheErrorsThatAreTooManyToShow) {
  std::string text = document_with("target:\n");
  for (int i = 0; i < 1000; ++i) text += "  unknown-" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(errors_of(text), HasSubstr("and 500 more errors"));
  EXPECT_EQ(load_scenarios(text, "x.yaml").errors.size(), Problems::kMost + 1);
}

TEST(Loader, FindsScenariosOfOneNameInSeveralFiles) {
  const std::vector<Scenario> scenarios{
      load_scenarios(document_with(""), "a.yaml").scenarios.at(0),
      load_scenarios(document_with(""), "b.yaml").scenarios.at(0)};
  EXPECT_EQ(to_string(duplicate_names(scenarios)),
            "b.yaml:2:7: name: the name \"x\" is taken by a scenario of a.yaml\n");
}

TEST(Loader, KeepsQuietAboutTheCatalogWithoutOne) {
  std::string text = document_with("");
  text.replace(text.find("linux-7.3"), 9, "linux-9.9");
  EXPECT_TRUE(load_scenarios(text, "x.yaml").errors.empty());
}

}  // namespace
}  // namespace luolab
