// SPDX-License-Identifier: Apache-2.0
// Waves of a rollout: what comes out when, what is left alone, and what survives a kill.
#include <algorithm>

#include <gmock/gmock.h>

#include "tests/unit/db/forked_process.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Targets t0, t1, ... in waves of these sizes.
RolloutSpec spec_of(const std::vector<std::size_t>& sizes, std::uint32_t budget = 0) {
  RolloutSpec spec{.scenario = "sample", .waves = {}, .error_budget = budget};
  std::size_t next = 0;
  for (const std::size_t size : sizes) {
    spec.waves.emplace_back();
    for (std::size_t i = 0; i < size; ++i)
      spec.waves.back().push_back("t" + std::to_string(next++));
  }
  return spec;
}

class Rollouts : public ServiceStore {
 protected:
  void begin(const RolloutSpec& spec, std::size_t jobs_of_target = 1) {
    Submission submission{{"title", "text", "somebody", ""}, {}, {}};
    submission.run.rollouts = {spec};
    for (const auto& wave : spec.waves) {
      for (const std::string& target : wave) {
        for (std::size_t i = 0; i < jobs_of_target; ++i) {
          submission.jobs.push_back(sample_new_job(static_cast<std::uint32_t>(i)));
          submission.jobs.back().target = target;
        }
      }
    }
    const Submitted submitted = store_.submit(submission);
    run_ = submitted.run;
    jobs_ = submitted.jobs;
  }
  RolloutRecord rollout() const { return store_.rollouts(run_).at(0); }
  std::vector<TargetState> states() const {
    std::vector<TargetState> states;
    for (const RolloutTarget& target : rollout().targets) states.push_back(target.state);
    return states;
  }
  std::vector<JobId> ready() const {
    std::vector<JobId> jobs;
    store_.each_queued([&](QueuedJob job) {
      if (job.behind_wave == 0) jobs.push_back(job.id);
    });
    return jobs;
  }
  static std::vector<JobId> ids(const std::vector<QueuedJob>& jobs) {
    std::vector<JobId> list;
    for (const QueuedJob& job : jobs) list.push_back(job.id);
    return list;
  }
  AttemptEnd end(JobId job, Verdict verdict, const std::string& reason) {
    AttemptReport told = sample_report(verdict);
    told.reason = reason;
    return store_.finish_attempt(lease(job), told, {false, verdict, reason});
  }

  RunId run_;
  std::vector<JobId> jobs_;
};

TEST_F(Rollouts, ALaterWaveIsHeldUntilTheOneBeforeIsOver) {
  begin(spec_of({2, 2}));
  EXPECT_THAT(ready(), ElementsAre(jobs_[0], jobs_[1]));
  EXPECT_EQ(store_.queued_job(jobs_[2])->behind_wave, 1U);
  EXPECT_FALSE(store_.lease(jobs_[2], "w1", "instance")) << "the fence holds it as well";
  EXPECT_THAT(finish(jobs_[0]).rollout.released, IsEmpty());
  const RolloutStep step = finish(jobs_[1]).rollout;
  EXPECT_THAT(ids(step.released), ElementsAre(jobs_[2], jobs_[3]));
  EXPECT_EQ(step.released.at(0).behind_wave, 0U);
  EXPECT_THAT(ready(), ElementsAre(jobs_[2], jobs_[3]));
  finish(jobs_[2]);
  EXPECT_TRUE(finish(jobs_[3]).run_done);
  EXPECT_EQ(rollout().state, RolloutState::complete);
  EXPECT_EQ(rollout().reason, "");
}

TEST_F(Rollouts, AReleasedJobWaitsFromThenOn) {
  begin(spec_of({1, 1}));
  sql("UPDATE jobs SET queued_ns = 5");
  const RolloutStep step = finish(jobs_[0]).rollout;
  EXPECT_GT(step.released.at(0).queued, TimePoint{5ns});
}

TEST_F(Rollouts, ASpentBudgetStopsWhatHasNotBegunAndLetsTheRestEnd) {
  begin(spec_of({3, 2}));
  const AttemptId running = lease(jobs_[1]);
  const AttemptEnd bad = end(jobs_[0], Verdict::FAIL, "kernel panic\nand more");
  EXPECT_THAT(bad.rollout.stopped, UnorderedElementsAre(jobs_[2], jobs_[3], jobs_[4]));
  EXPECT_FALSE(bad.run_done);
  EXPECT_EQ(bad.rollout.reason,
            "rollout stopped in wave 1: 1 of 3 targets failed, the kernel's fault (t0: FAIL: "
            "kernel panic), error budget 0");
  EXPECT_EQ(job(jobs_[3]).state, JobState::canceled);
  EXPECT_EQ(job(jobs_[3]).reason, bad.rollout.reason);
  EXPECT_EQ(job(jobs_[1]).state, JobState::running);
  const AttemptEnd last = report(running);
  EXPECT_TRUE(last.run_done);
  EXPECT_THAT(last.rollout.stopped, IsEmpty());
  EXPECT_THAT(states(), ElementsAre(TargetState::failed, TargetState::updated, TargetState::spared,
                                    TargetState::spared, TargetState::spared));
  EXPECT_EQ(rollout().state, RolloutState::stopped);
  EXPECT_EQ(rollout().reason, bad.rollout.reason);
}

TEST_F(Rollouts, AWaveThatEndsBadlyStopsAfterItAndTellsWhoseFaultItWas) {
  begin(spec_of({2, 1}, 1));
  EXPECT_THAT(end(jobs_[0], Verdict::MISS, "no route to it").rollout.stopped, IsEmpty());
  const RolloutStep step = end(jobs_[1], Verdict::FAIL, "").rollout;
  EXPECT_THAT(step.stopped, ElementsAre(jobs_[2]));
  EXPECT_EQ(step.reason,
            "rollout stopped after wave 1: 2 of 2 targets failed, 1 the kernel's fault, 1 the "
            "lab's (t0: MISS: no route to it; t1: FAIL), error budget 1");
  EXPECT_THAT(states(), ElementsAre(TargetState::missed, TargetState::failed, TargetState::spared));
}

TEST_F(Rollouts, WithinTheBudgetItGoesOn) {
  begin(spec_of({2, 2}, 1));
  finish(jobs_[0], Verdict::FAIL);
  EXPECT_THAT(finish(jobs_[1]).rollout.released, testing::SizeIs(2));
  finish(jobs_[2]);
  EXPECT_TRUE(finish(jobs_[3], Verdict::XFAIL).run_done);
  EXPECT_EQ(rollout().state, RolloutState::complete);
  EXPECT_EQ(figures_of(rollout()).updated, 3U);
}

TEST_F(Rollouts, TheBudgetCountsTargetsAndNotTheirJobs) {
  begin(spec_of({1, 1}, 1), 3);
  finish(jobs_[0], Verdict::FAIL);
  finish(jobs_[1], Verdict::FAIL);
  EXPECT_THAT(ids(finish(jobs_[2], Verdict::ERROR).rollout.released),
              ElementsAre(jobs_[3], jobs_[4], jobs_[5]));
  EXPECT_EQ(rollout().targets.at(0).jobs, 3U);
  EXPECT_EQ(rollout().targets.at(0).state, TargetState::failed) << "the worst says it";
  EXPECT_EQ(rollout().targets.at(0).job, jobs_[0]);
}

TEST_F(Rollouts, AJobThatIsTriedAgainEndsNoWave) {
  begin(spec_of({1, 1}));
  const AttemptEnd again = store_.finish_attempt(lease(jobs_[0]), sample_report(Verdict::MISS),
                                                 {true, Verdict::MISS, "x"});
  EXPECT_THAT(again.rollout.stopped, IsEmpty());
  EXPECT_EQ(states().front(), TargetState::running);
  EXPECT_THAT(finish(jobs_[0]).rollout.released, testing::SizeIs(1));
}

TEST_F(Rollouts, NothingOfAStoppedRolloutIsTriedAgain) {
  begin(spec_of({3, 1}));
  const AttemptId running = lease(jobs_[1]);
  store_.lose_attempt(lease(jobs_[2]), "gone", {true, Verdict::MISS, "again"});
  EXPECT_THAT(finish(jobs_[0], Verdict::FAIL).rollout.stopped, ElementsAre(jobs_[2], jobs_[3]));
  const AttemptEnd end =
      store_.finish_attempt(running, sample_report(Verdict::MISS), {true, Verdict::MISS, "again"});
  EXPECT_TRUE(end.run_done);
  EXPECT_EQ(job(jobs_[1]).verdict, Verdict::MISS);
  EXPECT_EQ(job(jobs_[1]).state, JobState::done);
  EXPECT_THAT(states(), ElementsAre(TargetState::failed, TargetState::missed, TargetState::missed,
                                    TargetState::spared));
}

TEST_F(Rollouts, ASoakComesBetweenTwoWaves) {
  RolloutSpec spec = spec_of({1, 1, 1});
  spec.soak = 1h;
  begin(spec);
  const TimePoint before = std::chrono::system_clock::now();
  const RolloutStep step = finish(jobs_[0]).rollout;
  EXPECT_THAT(step.released, IsEmpty());
  EXPECT_GE(step.soak.value().due, before + 1h);
  EXPECT_EQ(store_.soaking_rollouts().at(0).due, step.soak->due);
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(ids(store_.end_soak(step.soak->rollout).released), ElementsAre(jobs_[1]));
  EXPECT_THAT(store_.end_soak(step.soak->rollout).released, IsEmpty()) << "only once";
  EXPECT_THAT(store_.soaking_rollouts(), IsEmpty());
  EXPECT_THAT(ready(), ElementsAre(jobs_[1]));
}

TEST_F(Rollouts, ACanceledRunStopsItsRollouts) {
  begin(spec_of({1, 2}));
  finish(jobs_[0]);
  lease(jobs_[1]);
  store_.cancel_run(run_, "had enough");
  EXPECT_EQ(rollout().state, RolloutState::stopped);
  EXPECT_EQ(rollout().reason, "had enough");
  EXPECT_THAT(states(),
              ElementsAre(TargetState::updated, TargetState::missed, TargetState::spared));
}

TEST_F(Rollouts, AJobThatIsCanceledCountsAgainstTheBudget) {
  begin(spec_of({2, 1}));
  const Cancellation canceled = store_.stop_job(jobs_[0], "by hand");
  EXPECT_THAT(canceled.rollout.stopped, ElementsAre(jobs_[1], jobs_[2]));
  EXPECT_THAT(canceled.rollout.reason, HasSubstr("t0: MISS: by hand"));
  EXPECT_THAT(canceled.runs, ElementsAre(run_));
}

TEST_F(Rollouts, AnExpiredJobCountsToo) {
  begin(spec_of({1, 1}));
  const AttemptEnd end = store_.expire_job(jobs_[0], "waited too long");
  EXPECT_THAT(end.rollout.stopped, ElementsAre(jobs_[1]));
  EXPECT_TRUE(end.run_done);
}

TEST_F(Rollouts, RetryingGoesOnWhereItStoppedWaveByWave) {
  begin(spec_of({2, 2}));
  finish(jobs_[0]);
  finish(jobs_[1], Verdict::FAIL);
  ASSERT_EQ(run(run_).state, RunState::done);
  EXPECT_EQ(store_.retry_run(run_, {}).size(), 3U);
  EXPECT_EQ(rollout().state, RolloutState::running);
  EXPECT_THAT(ready(), ElementsAre(jobs_[1]));
  EXPECT_THAT(ids(finish(jobs_[1]).rollout.released), ElementsAre(jobs_[2], jobs_[3]));
  finish(jobs_[2]);
  finish(jobs_[3]);
  EXPECT_EQ(rollout().state, RolloutState::complete);
  EXPECT_EQ(figures_of(rollout()).updated, 4U);
}

TEST_F(Rollouts, OneJobTriedAgainDoesNotCompleteTheRest) {
  begin(spec_of({1, 1}));
  finish(jobs_[0], Verdict::FAIL);
  store_.retry_job(jobs_[0]);
  EXPECT_TRUE(finish(jobs_[0]).run_done);
  EXPECT_EQ(rollout().state, RolloutState::stopped);
  EXPECT_THAT(states(), ElementsAre(TargetState::updated, TargetState::spared));
}

TEST_F(Rollouts, TwoRolloutsOfARunAreIndependent) {
  Submission submission{{"title", "text", "somebody", ""}, {}, {}};
  for (const std::string scenario : {"one", "two"}) {
    submission.run.rollouts.push_back(
        {.scenario = scenario, .waves = {{scenario + "a"}, {scenario + "b"}}});
    for (const std::string target : {"a", "b"}) {
      submission.jobs.push_back(sample_new_job());
      submission.jobs.back().scenario = scenario;
      submission.jobs.back().target = scenario + target;
    }
  }
  const Submitted given = store_.submit(submission);
  EXPECT_THAT(finish(given.jobs[0], Verdict::FAIL).rollout.stopped, ElementsAre(given.jobs[1]));
  EXPECT_THAT(ids(finish(given.jobs[2]).rollout.released), ElementsAre(given.jobs[3]));
}

TEST_F(Rollouts, AJobOfNoTargetIsRefusedAndNothingIsKept) {
  Submission submission{{"title", "text", "somebody", ""}, {sample_new_job()}, {}};
  submission.run.rollouts = {spec_of({1})};
  EXPECT_THROW(store_.submit(submission), std::logic_error);
  EXPECT_EQ(sql_number("SELECT count(*) FROM runs"), 0);
}

TEST_F(Rollouts, FiguresAreThoseOfTheLastAttempts) {
  begin(spec_of({2, 1}));
  finish(jobs_[0]);
  finish(jobs_[1]);
  sql("UPDATE phases SET name = 'blackout', subject = '', duration_ns = 7000 WHERE attempt = 1;"
      "UPDATE phases SET name = 'blackout', subject = '', duration_ns = 9000 WHERE attempt = 2;"
      "UPDATE attempts SET started_ns = id * 1000;"
      "UPDATE jobs SET ended_ns = id * 10000 WHERE state = 'done'");
  const RolloutFigures fleet = figures_of(rollout());
  EXPECT_EQ(fleet.targets, 3U);
  EXPECT_EQ(fleet.updated, 2U);
  EXPECT_EQ(fleet.worst_blackout, 9us);
  EXPECT_EQ(fleet.worst_target, "t1");
  EXPECT_EQ(fleet.median_blackout, 7us);
  EXPECT_EQ(fleet.median_target, "t0");
  EXPECT_EQ(fleet.elapsed, 19us);
  EXPECT_EQ(figures_of(rollout(), 2).targets, 1U);
  EXPECT_FALSE(figures_of(rollout(), 2).elapsed);
}

TEST_F(Rollouts, ARunThatIsForgottenTakesItsRolloutsAlong) {
  begin(spec_of({1}));
  finish(jobs_[0]);
  while (store_.forget_artifacts(run_).more) continue;
  while (store_.forget_run(run_)) continue;
  EXPECT_EQ(sql_number("SELECT count(*) FROM rollouts"), 0);
  EXPECT_EQ(sql_number("SELECT count(*) FROM rollout_jobs"), 0);
}

TEST_F(Rollouts, WhatWasReleasedAndStoppedSurvivesOpeningTheStoreAnew) {
  begin(spec_of({1, 1, 1}));
  finish(jobs_[0]);
  const auto reopen = [&] { store_ = Store::open(file_).value(); };
  reopen();
  EXPECT_THAT(ready(), ElementsAre(jobs_[1]));
  EXPECT_EQ(store_.queued_job(jobs_[2])->behind_wave, 2U);
  finish(jobs_[1], Verdict::FAIL);
  reopen();
  EXPECT_EQ(job(jobs_[2]).state, JobState::canceled);
  EXPECT_EQ(rollout().state, RolloutState::stopped);
}

TEST_F(Rollouts, ALocalRunThatWasKilledLeavesAStoppedRollout) {
  NewRun run{"title", "text", "somebody", ""};
  run.rollouts = {spec_of({1, 1})};
  Job first = sample_job();
  first.target.name = "t0";
  Job second = sample_job();
  second.target.name = "t1";
  const CreatedRun created = store_.create_run(run, std::vector<Job>{first, second});
  store_.finish_run(created.id);
  const RolloutRecord rollout = store_.rollouts(created.id).at(0);
  EXPECT_EQ(rollout.state, RolloutState::stopped);
  EXPECT_EQ(figures_of(rollout).spared, 2U);
}

}  // namespace
}  // namespace luolab
