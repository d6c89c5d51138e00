// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_job.h"

#include <thread>

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "kernel-patches/patch_text.h"
#include "worker/kernel/kernel_image.h"
#include "worker/kernel/key_lock.h"
#include "worker/kernel/metadata.h"
#include "worker/kernel/patch_set.h"
#include "worker/kernel/relative.h"
#include "worker/kernel/runtime_content.h"
#include "worker/kernel/tool.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kTypicalSteps = 1600;  // of a tinyconfig with the fragments that ship
constexpr const char* kCompilerWrappers = "/usr/lib/ccache";
constexpr std::uint64_t kConfigLimit = 16 << 20;

BuildError lab_trouble(Error error) { return {BuildTrouble::lab, std::move(error), {}}; }

std::vector<Patch> all_patches(const KernelSpec& kernel) {
  std::vector<Patch> patches;
  for (const Series& series : kernel.series) {
    patches.insert(patches.end(), series.patches.begin(), series.patches.end());
  }
  return patches;
}

bool touches_kconfig(const Patch& patch) {
  for (const std::string& file : files_of_patch(patch.text)) {
    if (fs::path(file).filename().string().starts_with("Kconfig")) return true;
  }
  return false;
}

std::uint64_t steps_of_like_builds(const std::vector<CachedBuild>& builds,
                                   const std::string& family) {
  std::uint64_t steps = 0;
  for (const CachedBuild& build : builds) {
    if (build.record.steps == 0) continue;
    if (build.record.family == family) return build.record.steps;
    if (steps == 0) steps = build.record.steps;
  }
  return steps == 0 ? kTypicalSteps : steps;
}

/// "/src/mm/shmem.c:1:2: error" -> "mm/shmem.c:1:2: error", at the start of every word.
std::string without_source_root(std::string_view text) {
  constexpr std::string_view kRoot = "/src/";
  std::string plain;
  while (!text.empty()) {
    const bool at_word = plain.empty() || plain.back() == ' ' || plain.back() == '\n';
    if (at_word && text.starts_with(kRoot)) text.remove_prefix(kRoot.size());
    if (text.empty()) break;
    plain += text.front();
    text.remove_prefix(1);
  }
  return plain;
}

/// Troubles of the machine that look like troubles of the source.
bool is_lab_output(std::string_view output) {
  for (const char* sign : {"Killed signal terminated program", "No space left on device", "bwrap: ",
                           "prlimit: ", "Cannot allocate memory", "virtual memory exhausted"}) {
    if (output.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

BuildJob::BuildJob(BuildOrder order)
    : order_(std::move(order)),
      key_(order_.ingredients.key()),
      area_(order_.cache),
      entry_(area_.path() / "build"),
      obj_(entry_ / "obj"),
      tree_(order_.base.tree, entry_ / "source"),
      patches_(all_patches(order_.kernel)),
      log_(entry_ / "build.log") {}

Task<BuildResult> BuildJob::run() {
  auto requests = requests_of(order_.kernel.fragments);
  if (!requests) co_return lab_trouble(requests.error());
  requests_ = std::move(*requests);
  if (auto trouble = co_await start_from_relative()) co_return std::move(*trouble);
  if (auto trouble = co_await patch()) co_return std::move(*trouble);
  if (auto trouble = co_await configure()) co_return std::move(*trouble);
  if (auto trouble = check_options()) co_return std::move(*trouble);
  if (auto trouble = co_await compile()) co_return std::move(*trouble);
  const CachedBuild build = finish();
  co_return KernelBuild{key_,
                        build.folder / "bzImage",
                        build.folder / "vmlinux",
                        build.folder / "metadata.json",
                        build.record.release,
                        build.record.build_id,
                        build.record.base_version};
}

Task<BuildJob::Trouble> BuildJob::start_from_relative() {
  const std::vector<CachedBuild> builds = list_builds(order_.cache);
  std::vector<Lineage> lineages;
  for (const CachedBuild& build : builds) {
    lineages.push_back({build.record.digest, build.record.family, build.record.patches});
  }
  const auto nearest = nearest_relative(
      {key_, order_.ingredients.family(), order_.ingredients.patch_digests()}, lineages);
  if (!nearest) {
    expected_steps_ = steps_of_like_builds(builds, order_.ingredients.family());
    fs::create_directories(obj_);
    co_return std::nullopt;
  }
  const CachedBuild& relative = builds[*nearest];
  tell("copying");
  std::function<void()> on_wait = [this] { tell("waiting for another process"); };
  const FileLock lock =
      co_await take_lock(order_.cache.lock(relative.record.digest), std::move(on_wait));
  tree_.copy_from(relative.folder / "source");
  ProcessSpec copy;
  copy.program = "cp";
  copy.arguments = {"-a", "--reflink=auto", (relative.folder / "obj").string(), obj_.string()};
  const auto copied = co_await run_tool(std::move(copy));
  if (!copied) co_return lab_trouble(copied.error());
  patches_.erase(patches_.begin(),
                 patches_.begin() + static_cast<std::ptrdiff_t>(relative.record.patches.size()));
  grown_from_ = relative.record.digest;
  co_return std::nullopt;
}

Task<BuildJob::Trouble> BuildJob::patch() {
  if (patches_.empty()) co_return std::nullopt;
  tell("patching");
  for (const Patch& patch : patches_) kconfig_changed_ = kconfig_changed_ || touches_kconfig(patch);
  const auto rejection = co_await apply_patches(tree_, patches_, area_.path());
  if (!rejection) co_return lab_trouble(rejection.error());
  if (!*rejection) co_return std::nullopt;
  co_return BuildError{
      BuildTrouble::does_not_apply,
      scenario_error(fmt::format("patch \"{}\" does not apply to {} {}", (*rejection)->patch,
                                 order_.kernel.base.name, order_.base.version)),
      (*rejection)->evidence};
}

Task<BuildJob::Trouble> BuildJob::configure() {
  if (grown_from_ && !kconfig_changed_) co_return std::nullopt;
  tell("configuring");
  if (!grown_from_) {
    std::vector<std::string> tiny = {"tinyconfig"};
    if (auto trouble = co_await make(std::move(tiny), "configuring")) co_return trouble;
  }
  std::ofstream(obj_ / ".config", std::ios::app) << config_text(requests_);
  std::vector<std::string> rest = {"olddefconfig"};
  auto trouble = co_await make(std::move(rest), "configuring");
  co_return trouble;
}

BuildJob::Trouble BuildJob::check_options() const {
  const auto config = read_file(obj_ / ".config", kConfigLimit);
  if (!config) return lab_trouble(config.error());
  const auto missing = unfulfilled(requests_, *config);
  if (missing.empty()) return std::nullopt;
  return BuildError{
      BuildTrouble::option_missing,
      scenario_error(fmt::format(
          "{} of the options asked for is not in the final .config of {}: {} (fragment {})",
          missing.size(), kernel_title(order_.kernel), missing.front().option,
          missing.front().fragment)),
      describe(missing, *config)};
}

Task<BuildJob::Trouble> BuildJob::compile() {
  compiling_since_ = std::chrono::steady_clock::now();
  tell_steps("compiling");
  std::vector<std::string> targets = {"bzImage"};
  auto trouble = co_await make(std::move(targets), "compiling");
  co_return trouble;
}

CachedBuild BuildJob::finish() {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began_);
  fs::create_hard_link(obj_ / "arch/x86/boot/bzImage", entry_ / "bzImage");
  fs::create_hard_link(obj_ / "vmlinux", entry_ / "vmlinux");
  fs::copy_file(obj_ / ".config", entry_ / "config");
  log_.close();
  BuildStory story;
  story.kernel = &order_.kernel;
  story.base = order_.base;
  story.config_sha256 = sha256_of_file(entry_ / "config");
  if (const auto content = runtime_content_of(entry_ / "vmlinux")) story.runtime_sha256 = *content;
  story.grown_from = grown_from_;
  story.duration = took;
  const auto build_id = build_id_of(entry_ / "vmlinux");
  const auto release = release_of_image(entry_ / "bzImage");
  story.record = {key_,
                  kernel_title(order_.kernel),
                  order_.ingredients.family(),
                  order_.ingredients.patch_digests(),
                  release ? *release : "",
                  build_id ? *build_id : "",
                  order_.base.version,
                  grown_from_ ? 0 : progress_.steps()};
  story.ingredients = std::move(order_.ingredients);
  write_file_atomically(entry_ / "metadata.json", pretty(metadata_of(story)));
  write_record(entry_, story.record);
  publish(entry_, order_.cache.build(key_));
  return {story.record, order_.cache.build(key_), {}};
}

Task<BuildJob::Trouble> BuildJob::make(std::vector<std::string> targets, std::string stage) {
  std::function<void(std::string_view)> on_line = [this, stage](std::string_view line) {
    log_ << line << '\n';
    if (stage == "compiling" && progress_.read(line))
      tell_steps(progress_.linking() ? "linking" : "compiling");
  };
  auto command = sandboxed(make_command(targets));
  auto process = run_process(std::move(command), std::move(on_line));
  const auto output = co_await within(order_.options.time_limit, std::move(process));
  if (!output) {
    co_return lab_trouble(lab_error(fmt::format("make {} took longer than {}", targets.front(),
                                                format_duration(order_.options.time_limit))));
  }
  if (!*output) co_return lab_trouble(output->error());
  if ((*output)->exit_code == 0) co_return std::nullopt;
  co_return make_failed(**output);
}

SandboxSpec BuildJob::make_command(const std::vector<std::string>& targets) const {
  SandboxSpec spec;
  spec.mounts = tree_.mounts("/src");
  spec.mounts.push_back({obj_, "/obj", true});
  spec.environment = order_.ingredients.variables;
  spec.environment.push_back("LC_ALL=C");
  spec.environment.push_back("HOME=/tmp");
  spec.working_directory = "/obj";
  add_compiler_cache(spec);
  const unsigned jobs = order_.options.jobs > 0 ? order_.options.jobs
                                                : std::max(1U, std::thread::hardware_concurrency());
  spec.command = {"make", "-C", "/src", "O=/obj", fmt::format("-j{}", jobs)};
  spec.command.insert(spec.command.end(), targets.begin(), targets.end());
  return spec;
}

// The wrappers come first in PATH, so that commands, which kbuild compares, are the same with and
// without them. What patches from outside compile may be looked up but not put in.
void BuildJob::add_compiler_cache(SandboxSpec& spec) const {
  if (!fs::is_directory(kCompilerWrappers)) {
    spec.environment.push_back("PATH=/usr/bin:/bin:/usr/sbin:/sbin");
    return;
  }
  const fs::path& cache = order_.options.compiler_cache;
  fs::create_directories(cache);
  spec.environment.push_back(
      fmt::format("PATH={}:/usr/bin:/bin:/usr/sbin:/sbin", kCompilerWrappers));
  spec.environment.push_back("CCACHE_DIR=/ccache");
  spec.environment.push_back("CCACHE_TEMPDIR=/tmp/ccache");
  spec.mounts.push_back({cache, "/ccache", is_trusted()});
  if (!is_trusted()) {
    spec.environment.push_back("CCACHE_READONLY=1");
    spec.environment.push_back("CCACHE_NOSTATS=1");
  }
}

BuildError BuildJob::make_failed(const ProcessOutput& output) {
  log_.flush();
  const fs::path kept = order_.cache.failed_logs() / (key_ + ".log");
  fs::copy_file(entry_ / "build.log", kept, fs::copy_options::overwrite_existing);
  const std::string log = read_file(kept).has_value() ? *read_file(kept) : output.output;
  std::string evidence = without_source_root(first_build_error(log));
  if (evidence.empty()) evidence = last_lines(output.output, 10);
  const std::string where = fmt::format("the whole log is {}", kept.string());
  if (is_lab_output(output.output)) {
    return {BuildTrouble::lab,
            lab_error(fmt::format("building {} broke off; {}", kernel_title(order_.kernel), where)),
            evidence};
  }
  return {BuildTrouble::compile_failed,
          kernel_error(fmt::format("{} does not build; {}", kernel_title(order_.kernel), where)),
          evidence};
}

void BuildJob::tell(const std::string& stage, std::uint64_t done, std::uint64_t total) const {
  if (order_.report) order_.report({stage, done, total, std::chrono::seconds{0}});
}

void BuildJob::tell_steps(const std::string& stage) const {
  if (!order_.report) return;
  BuildProgress now{stage, progress_.steps(), expected_steps_, std::chrono::seconds{0}};
  if (now.done > 20 && now.total > now.done) {
    const auto passed = std::chrono::steady_clock::now() - compiling_since_;
    now.left = std::chrono::duration_cast<std::chrono::seconds>(passed * (now.total - now.done) /
                                                                now.done);
  }
  order_.report(now);
}

bool BuildJob::is_trusted() const {
  for (const std::string& digest : order_.ingredients.patch_digests()) {
    if (!order_.options.trusted_patches.contains(digest)) return false;
  }
  return true;
}

}  // namespace luolab
