// SPDX-License-Identifier: Apache-2.0
#include "scenarios/matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenarios/document.h"

namespace luolab {
namespace {

using testing::document_with;
using ::testing::ElementsAre;
using testing::errors_of;
using ::testing::HasSubstr;
using testing::jobs_of;

std::string sized(std::string_view size, std::string_view more) {
  return "apiVersion: luolab/v1\nname: x\nsummary: of ${size}\nkernels: {outgoing: {base: "
         "linux-7.3}}\n"
         "sessions:\n  - {name: s, memfds: [{name: m, size: \"" +
         std::string(size) + "\"}]}\n" + std::string(more);
}

TEST(Matrix, VisitsEveryPointWithTheLastParameterFastest) {
  const std::vector<MatrixParameter> matrix{{"b", {"1", "2"}}, {"a", {"x", "y"}}};
  std::vector<std::string> titles;
  for (const MatrixPoint& point : matrix_points(matrix)) titles.push_back(point_title(point));
  EXPECT_THAT(titles, ElementsAre("a=x,b=1", "a=y,b=1", "a=x,b=2", "a=y,b=2"));
}

TEST(Matrix, HasOnePointWhenEmpty) {
  EXPECT_EQ(matrix_points({}).size(), 1U);
  EXPECT_EQ(count_points({}), 1U);
}

TEST(Matrix, CountsPointsWithoutOverflow) {
  const std::vector<MatrixParameter> matrix(40, {"p", {"1", "2", "3", "4"}});
  EXPECT_EQ(count_points(matrix), std::numeric_limits<std::size_t>::max());
}

TEST(Matrix, PutsItsValuesInPlaceOfWholeAndPartialScalars) {
  const auto jobs = jobs_of(sized("${size}", "matrix: {size: [1MiB, 4096]}\n"));
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].sessions[0].memfds[0].size_bytes, 1U << 20);
  EXPECT_EQ(jobs[0].summary, "of 1MiB");
  EXPECT_EQ(jobs[1].sessions[0].memfds[0].size_bytes, 4096U);
  EXPECT_EQ(jobs[1].point, (MatrixPoint{{"size", "4096"}}));
}

TEST(Matrix, FillsSeveralParametersIntoOneScalar) {
  const auto jobs = jobs_of(sized("${size}${unit}", "matrix: {size: [3], unit: [KiB]}\n"));
  EXPECT_EQ(jobs.at(0).sessions[0].memfds[0].size_bytes, 3072U);
}

TEST(Matrix, GivesNumbersTruthsAndWords) {
  const auto jobs = jobs_of(sized("${size}",
                                  "target: {cpus: '${cpus}', cmdline: ['nr=${cpus}', '${word}']}\n"
                                  "checks: {untainted: '${truth}'}\n"
                                  "matrix: {size: [1], cpus: [2], truth: [false], word: [7]}\n"));
  EXPECT_EQ(jobs.at(0).target.cpus, 2U);
  EXPECT_FALSE(jobs.at(0).checks.untainted);
  EXPECT_THAT(jobs.at(0).target.cmdline, ElementsAre("nr=2", "7"));
}

TEST(Matrix, ReportsAPlaceOnceAndThePointWhereItGoesWrong) {
  EXPECT_EQ(
      errors_of(sized("${size}", "matrix: {size: [1MiB, 1GBB, 1GBC]}\n")),
      "x.yaml:6:40: sessions[0].memfds[0].size: \"1GBB\" is not a size (try 1GiB, 512MiB, 4KiB or "
      "4096) [at size=1GBB]\n");
}

TEST(Matrix, NamesNoPointWhereAllAreWrong) {
  EXPECT_EQ(errors_of(sized("${size}", "matrix: {size: [1MiB, 2MiB]}\nrange: 5\n")),
            "x.yaml:8:8: range: 5B is no multiple of the page, 4096 bytes\n");
}

TEST(Matrix, RefusesAParameterThatIsNeverUsed) {
  EXPECT_EQ(
      errors_of(document_with("matrix: {speed: [1]}\n")),
      "x.yaml:6:10: matrix.speed: this parameter is never used (write ${speed} somewhere, or leave "
      "it away)\n");
}

TEST(Matrix, RefusesAParameterThatThereIsNot) {
  EXPECT_EQ(errors_of(sized("${size}", "range: ${siez}\nmatrix: {size: [1]}\n")),
            "x.yaml:7:8: range: \"siez\" is not a matrix parameter (did you mean \"size\"?)\n");
  EXPECT_THAT(errors_of(document_with("range: ${size\n")), HasSubstr("is not a matrix parameter"));
}

TEST(Matrix, RefusesParametersInWhatIsTheSameEverywhere) {
  EXPECT_THAT(errors_of(sized("${size}", "repeat: ${size}\nmatrix: {size: [1]}\n")),
              HasSubstr("x.yaml:7:9: repeat: is the same at every point of the matrix"));
}

TEST(Matrix, RefusesValuesThatAreNoValues) {
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: []}\n")), HasSubstr("the list is empty"));
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: 1}\n")),
              HasSubstr("a list is expected here"));
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: [[1]]}\n")), HasSubstr("found a list"));
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: [~]}\n")), HasSubstr("found nothing"));
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: [1, 1]}\n")),
              HasSubstr("\"1\" is given twice"));
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: ['${size}']}\n")),
              HasSubstr("a matrix value can't name a parameter"));
  EXPECT_THAT(errors_of(sized("${size}", "matrix: [1]\n")), HasSubstr("a map is expected here"));
}

TEST(Matrix, RefusesAParameterGivenTwice) {
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: [1], size: [2]}\n")),
              HasSubstr("matrix.size: this key is given twice"));
}

TEST(Matrix, RefusesTooManyJobs) {
  EXPECT_THAT(errors_of(sized("${size}", "matrix: {size: [1, 2]}\nrepeat: 5001\n")),
              HasSubstr("over 10000 jobs in this file"));
}

TEST(Matrix, RefusesAnExplodingMatrixBeforeExpandingIt) {
  std::string text = sized("${size}", "range: \"");
  std::string matrix = "\"\nmatrix:\n  size: [1]\n";
  for (int i = 0; i < 30; ++i) {
    text += "${p" + std::to_string(i) + "}";
    matrix += "  p" + std::to_string(i) + ": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
  }
  EXPECT_THAT(errors_of(text + matrix), HasSubstr("over 10000 jobs in this file"));
}

TEST(Matrix, CountsTheJobsOfAllDocumentsOfAFile) {
  std::string second = document_with("repeat: 6000\n");
  second.replace(second.find("name: x"), 7, "name: y");
  EXPECT_THAT(errors_of(document_with("repeat: 6000\n---\n") + second),
              HasSubstr("over 10000 jobs in this file"));
}

TEST(Matrix, RefusesTooManyMemfdsOverAllJobs) {
  EXPECT_THAT(
      errors_of("apiVersion: luolab/v1\nname: x\nkernels: {outgoing: {base: linux-7.3}}\n"
                "sessions: [{name: s, memfds: [{name: m, count: 10000, size: 1}]}]\nrepeat: 21\n"),
      HasSubstr("over 200000 memfds in all jobs"));
}

}  // namespace
}  // namespace luolab
