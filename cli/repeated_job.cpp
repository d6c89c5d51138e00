// SPDX-License-Identifier: Apache-2.0
#include "cli/repeated_job.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/interrupt.h"
#include "cli/state_store.h"
#include "controller/results/job_script.h"
#include "controller/results/safe_text.h"
#include "core/base/file.h"
#include "core/protocol/json.h"
#include "db/artifact_store.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// A file may have been edited: nothing behind this may trip over it.
Result<Job> checked(Job job, const std::string& from) {
  const auto there = [&](std::uint32_t kernel) { return kernel < job.kernels.size(); };
  if (job.scenario.empty() || !there(job.outgoing) || !std::ranges::all_of(job.hops, there) ||
      (job.hops.empty() && !job.build_only)) {
    return scenario_error(
        fmt::format("{}: is no whole job: scenario, kernels, outgoing and hops must be as `luolab "
                    "show JOB --reproduce` writes them",
                    from));
  }
  return job;
}

Result<Job> read_job(const std::string& text, const std::string& from) {
  auto job = from_json<Job>(text);
  if (job) return checked(std::move(*job), from);
  return scenario_error(fmt::format("{}: is no job ({}); `luolab show JOB --reproduce` writes one",
                                    from, job.error().what));
}

Result<Job> job_of_file(const std::string& file) {
  const auto text = read_file(file);
  if (!text) {
    return scenario_error(
        fmt::format("--job: \"{}\" is neither a job (j34) nor a file with one: {}", one_line(file),
                    text.error().what));
  }
  auto job = read_job(*text, file);
  if (!job) return job;
  const fs::path folder = fs::absolute(file).parent_path();
  for (LoadSpec& load : job->load) {
    if (!load.file.empty() && !artifact_named(load.file)) load.file = folder / load.file;
  }
  return job;
}

Result<Job> job_of_state(JobId id, const Places& places) {
  auto store = open_existing_state(places);
  if (!store) return store.error();
  auto record = store->job(id);
  if (!record) return record.error();
  return checked(std::move(record->job), id_text(id));
}

/// Keeps the programs that the job's loads name by their digest.
Task<Result<void>> fetch_programs(ServiceClient& client, const Job& job,
                                  const ArtifactStore& artifacts) {
  const TempDir folder(fs::temp_directory_path());
  for (const LoadSpec& load : job.load) {
    const auto digest = artifact_named(load.file);
    if (!digest || artifacts.whole(*digest)) continue;
    const fs::path file = folder.path() / "program";
    const auto got =
        co_await client.download("/api/v1/artifacts/" + *digest, file, kLargestProgramBytes);
    if (!got) co_return in_context("the program of a load", got.error());
    if (artifacts.put_file(file, "program").sha256 != *digest)
      co_return lab_error("the program " + *digest + " came with another content: try again");
    fs::remove(file);
  }
  co_return Result<void>();
}

Task<Result<Job>> job_of_service(asio::any_io_executor executor, JobId id,
                                 const ServiceFlags& flags, const ArtifactStore& artifacts) {
  auto client = ServiceClient::make(executor, flags);
  if (!client) co_return client.error();
  auto request = get_request("/api/v1/jobs/" + id_text(id));
  const auto answer = co_await client->ask(std::move(request));
  if (!answer) co_return answer.error();
  const auto* specification =
      answer->is_object() ? answer->get_object().if_contains("specification") : nullptr;
  if (specification == nullptr)
    co_return lab_error("the controller's answer has no specification: is it an older luolab?");
  auto job = read_job(boost::json::serialize(*specification), id_text(id));
  if (!job) co_return job;
  const auto fetched = co_await fetch_programs(*client, *job, artifacts);
  if (!fetched) co_return fetched.error();
  co_return job;
}

Result<Job> ask_service(JobId id, const ServiceFlags& flags, const ArtifactStore& artifacts) {
  asio::io_context io;
  auto job = run_until_interrupted(io, job_of_service(io.get_executor(), id, flags, artifacts));
  if (!job) return canceled_error("interrupted");
  return std::move(*job);
}

Result<Job> find_job(const RepeatedJob& wanted, const Places& places,
                     const ArtifactStore& artifacts) {
  const auto id = parse_job_id(wanted.job);
  const bool of_service = !wanted.service.controller.empty();
  if (!id && of_service)
    return scenario_error(fmt::format("--job: \"{}\" is no job of a controller (j34)", wanted.job));
  if (!id) return job_of_file(wanted.job);
  return of_service ? ask_service(*id, wanted.service, artifacts) : job_of_state(*id, places);
}

/// Programs by their digest become files, which is what a run of this machine knows.
Result<void> place_programs(Job& job, const ArtifactStore& artifacts) {
  for (LoadSpec& load : job.load) {
    const auto digest = artifact_named(load.file);
    if (!digest) continue;
    if (!artifacts.whole(*digest)) {
      return scenario_error(fmt::format(
          "the program {} of a load is not kept here: name its controller by --controller",
          *digest));
    }
    load.file = fs::absolute(artifacts.path(*digest));
  }
  return {};
}

}  // namespace

std::optional<JobList> read_repeated_job(const RepeatedJob& wanted, const JobFlags& flags,
                                         const Places& places) {
  const ArtifactStore artifacts(artifact_folder(places.state));
  auto job = find_job(wanted, places, artifacts);
  const auto placed = job ? place_programs(*job, artifacts) : Result<void>();
  if (!job || !placed) {
    std::cerr << (job ? placed.error() : job.error()).what << '\n';
    return {};
  }
  if (!flags.on.empty()) {
    job->target.driver = "ssh";
    job->target.name = flags.on;
  }
  JobList list{.jobs = {}, .source_text = pretty(to_json(*job)), .files = {}};
  list.jobs.assign(flags.repeat.value_or(1), *job);
  for (std::size_t i = 0; flags.repeat && i < list.jobs.size(); ++i)
    list.jobs[i].repetition = static_cast<std::uint32_t>(i);
  return list;
}

}  // namespace luolab
