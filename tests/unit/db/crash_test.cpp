// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "db/store.h"
#include "tests/unit/db/forked_process.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

constexpr int kRounds = 20;
constexpr std::size_t kRunsPerBatch = 10;

using Work = void (*)(const std::filesystem::path& file, const ParentLink& parent);

/// What the child says: it is about to do a thing ('b'), or the thing is acknowledged ('c', 'f').
void work_until_killed(const std::filesystem::path& file, const ParentLink& parent) {
  Store store = Store::open(file).value();
  for (;;) {
    parent.say('b');
    const CreatedRun run =
        store.create_run({"t", "", "", ""}, std::vector<Job>{sample_job(0), sample_job(1)});
    parent.say('c');
    const AttemptId attempt = store.begin_attempt(run.jobs[0], "w").value();
    parent.say('b');
    store.finish_attempt(attempt, sample_report());
    parent.say('f');
  }
}

struct Acknowledged {
  std::size_t created = 0;
  std::size_t finished = 0;
};

/// Kills the child when it has said `words` words: what it does then is cut anywhere.
Acknowledged kill_after(int words, const std::filesystem::path& file, Work work) {
  ForkedProcess child([&](const ParentLink& parent) { work(file, parent); });
  Acknowledged acknowledged;
  const auto count = [&](std::optional<char> word) {
    acknowledged.created += word == 'c';
    acknowledged.finished += word == 'f';
    return word.has_value();
  };
  for (int i = 0; i < words && count(child.hear()); ++i) {
  }
  child.kill();
  while (count(child.hear())) {
  }
  return acknowledged;
}

class Crash : public testing::TestWithParam<int> {};

TEST_P(Crash, LosesNothingThatWasAcknowledged) {
  const TempDir folder(std::filesystem::temp_directory_path());
  const auto file = store_file(folder.path());
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const int words = std::uniform_int_distribution(1, 24)(random);
  const Acknowledged acknowledged = kill_after(words, file, work_until_killed);
  auto opened = Store::open(file);
  ASSERT_TRUE(opened) << opened.error().what;
  opened->recover();
  std::size_t created = 0;
  std::size_t finished = 0;
  for (const RunSummary& summary : opened->list_runs(1000)) {
    const RunRecord run = opened->run(summary.id).value();
    ASSERT_EQ(run.jobs.size(), 2U) << "half a run";
    ++created;
    if (!run.jobs[0].report) continue;
    ++finished;
    EXPECT_EQ(to_json(*run.jobs[0].report), to_json(sample_report())) << "half a report";
  }
  EXPECT_GE(created, acknowledged.created);
  EXPECT_LE(created, acknowledged.created + 1);
  EXPECT_GE(finished, acknowledged.finished);
  EXPECT_LE(finished, acknowledged.finished + 1);
}

/// Submits runs of two jobs and takes them through lease and report, ten runs in one batch; says
/// 'c' when a batch is acknowledged.
void batch_until_killed(const std::filesystem::path& file, const ParentLink& parent) {
  Store store = Store::open(file).value();
  const NewJob job = new_job(sample_job(), {});
  const Submission submission{{"t", "", "", ""}, {job, job}, {}};
  const std::function<void()> step = [&] {
    for (const JobId id : store.submit(submission).jobs) {
      const AttemptId attempt = store.lease(id, "w", "i").value().attempt;
      store.finish_attempt(attempt, sample_report(), {false, Verdict::PASS, ""});
    }
  };
  const std::vector<std::function<void()>> steps(kRunsPerBatch, step);
  for (;;) {
    parent.say('b');
    store.batch(steps);
    parent.say('c');
  }
}

TEST_P(Crash, KeepsABatchWholeOrNotAtAll) {
  const TempDir folder(std::filesystem::temp_directory_path());
  const auto file = store_file(folder.path());
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const int words = std::uniform_int_distribution(1, 8)(random);
  const Acknowledged acknowledged = kill_after(words, file, batch_until_killed);
  const Store store = Store::open(file).value();
  const auto runs = store.runs({.limit = kLongestPage});
  EXPECT_EQ(runs.size() % kRunsPerBatch, 0U) << "half a batch";
  EXPECT_GE(runs.size() / kRunsPerBatch, acknowledged.created);
  EXPECT_LE(runs.size() / kRunsPerBatch, acknowledged.created + 1);
  for (const RunSummary& run : runs) {
    EXPECT_EQ(run.state, RunState::done);
    EXPECT_EQ(run.verdicts, (std::map<Verdict, std::size_t>{{Verdict::PASS, 2}}));
  }
  EXPECT_TRUE(store.check_integrity());
}

/// Rollouts of two waves, whose first passes and fails in turns; says 'c' after each.
void roll_out_until_killed(const std::filesystem::path& file, const ParentLink& parent) {
  Store store = Store::open(file).value();
  Submission submission{{"t", "", "", ""}, {}, {}};
  submission.run.rollouts = {{.scenario = "sample", .waves = {{"one"}, {"two"}}}};
  for (const std::string target : {"one", "two"}) {
    submission.jobs.push_back(new_job(sample_job(), {}));
    submission.jobs.back().target = target;
  }
  for (bool passes = true;; passes = !passes) {
    parent.say('b');
    const Verdict verdict = passes ? Verdict::PASS : Verdict::FAIL;
    const AttemptId attempt = store.lease(store.submit(submission).jobs[0], "w", "i")->attempt;
    store.finish_attempt(attempt, sample_report(verdict), {false, verdict, ""});
    parent.say('c');
  }
}

TEST_P(Crash, KeepsTheEndOfAWaveTogetherWithWhatFollowsFromIt) {
  const TempDir folder(std::filesystem::temp_directory_path());
  const auto file = store_file(folder.path());
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const int words = std::uniform_int_distribution(1, 30)(random);
  kill_after(words, file, roll_out_until_killed);
  Store store = Store::open(file).value();
  for (const RunSummary& summary : store.runs({.limit = kLongestPage})) {
    const RunRecord run = store.run(summary.id).value();
    const auto second = store.queued_job(run.jobs.at(1).id);
    if (!run.jobs[0].verdict) {
      EXPECT_EQ(second->behind_wave, 1U);
    } else if (run.jobs[0].verdict == Verdict::PASS) {
      EXPECT_EQ(second->behind_wave, 0U);
    } else {
      EXPECT_FALSE(second);
      EXPECT_EQ(run.jobs[1].state, JobState::canceled);
      EXPECT_EQ(run.rollouts.at(0).state, RolloutState::stopped);
      EXPECT_EQ(run.state, RunState::done);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AtAnyInstant, Crash, testing::Range(0, kRounds));

}  // namespace
}  // namespace luolab
