// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/series_argument.h"
#include "core/base/file.h"
#include "core/base/quantity.h"
#include "core/protocol/json.h"
#include "kernel-patches/catalog.h"
#include "worker/kernel/base_source.h"
#include "worker/kernel/build_cache.h"
#include "worker/kernel/kernel_builder.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::size_t kBuildsKept = 20;  // by `kernel gc` without a limit

/// What the flags of the subcommands are read into.
struct KernelFlags {
  std::string base = "linux-7.3";
  std::vector<std::string> series;
  std::vector<std::string> fragments;
  bool only_fragments = false;
  bool locked = false;
  bool refresh = false;
  bool json = false;
  std::string print = "path";
  unsigned jobs = 0;
  std::optional<std::size_t> keep;
  std::string older_than;
};

int complain(const Error& error) {
  std::cerr << "luolab: " << error.what << "\n";
  if (error.fault == Fault::canceled) return kExitInterrupted;
  return error.fault == Fault::scenario ? kExitUsage : kExitLab;
}

/// Progress for people: one line that is rewritten on a terminal, a line now and then in a pipe.
class ProgressLine {
 public:
  ~ProgressLine() { finish(); }

  void show(const BuildProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const bool is_due = now - shown_ >= (terminal_ ? std::chrono::milliseconds{100}
                                                   : std::chrono::milliseconds{5000});
    if (progress.stage == stage_ && !is_due) return;
    stage_ = progress.stage;
    shown_ = now;
    const std::string text = text_of(progress);
    if (terminal_) {
      std::cerr << "\r\x1b[K" << text << std::flush;
      open_ = true;
    } else {
      std::cerr << text << "\n";
    }
  }

  void finish() {
    if (open_) std::cerr << "\r\x1b[K" << std::flush;
    open_ = false;
  }

 private:
  static std::string text_of(const BuildProgress& progress) {
    if (progress.done == 0) return progress.stage;
    if (progress.stage == "unpacking")
      return fmt::format("unpacking {}", format_size_rounded(progress.done));
    if (progress.total == 0) return fmt::format("{} {}", progress.stage, progress.done);
    std::string text = fmt::format("{} {} of about {}", progress.stage, progress.done,
                                   std::max(progress.total, progress.done));
    const auto seconds = progress.left.count();
    if (seconds > 90)
      text += fmt::format(" ({} min left)", (seconds + 59) / 60);
    else if (seconds > 0)
      text += fmt::format(" ({} s left)", seconds);
    return text;
  }

  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool open_ = false;
  std::string stage_;
  std::chrono::steady_clock::time_point shown_{};
};

/// Runs one coroutine to its end. SIGINT and SIGTERM cancel it; a second one kills the process
/// as usual. False where it was interrupted; what it throws otherwise is thrown.
bool run_until_interrupted(asio::io_context& context, Task<void> task) {
  asio::cancellation_signal cancel;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  bool interrupted = false;
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    interrupted = true;
    signals.clear();
    cancel.emit(asio::cancellation_type::terminal);
  });
  std::exception_ptr failure;
  asio::co_spawn(context, std::move(task),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown) {
                   failure = thrown;
                   signals.cancel();
                 }));
  context.run();
  if (interrupted) return false;
  if (failure) std::rethrow_exception(failure);
  return true;
}

int say_interrupted() {
  std::cerr << "luolab: interrupted; nothing half-made is left in the cache\n";
  return kExitInterrupted;
}

Result<KernelSpec> spec_of(const Catalog& catalog, const KernelFlags& flags) {
  KernelSpec spec;
  const auto base = catalog.base(flags.base);
  if (!base) return base.error();
  spec.base = *base;
  for (const std::string& argument : flags.series) {
    const auto series = find_series(catalog, argument);
    if (!series) return series.error();
    spec.series.push_back(*series);
  }
  std::vector<std::string> names;
  if (!flags.only_fragments && base->kind != BaseKind::prebuilt)
    names = {"liveupdate", "qemu-x86_64"};
  for (const std::string& name : flags.fragments) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  for (const std::string& name : names) {
    const auto fragment = catalog.fragment(name);
    if (!fragment) return fragment.error();
    spec.fragments.push_back(*fragment);
  }
  return spec;
}

BuilderOptions options_of(const CommandContext& context, const KernelFlags& flags,
                          const Catalog& catalog) {
  BuilderOptions options;
  options.cache_dir = context.places().cache;
  options.jobs = flags.jobs;
  options.locked = flags.locked;
  options.trusted_patches = catalog.patch_digests();
  if (const char* cache = std::getenv("CCACHE_DIR"); cache != nullptr && *cache != '\0')
    options.compiler_cache = cache;
  return options;
}

int exit_code_of(const BuildError& error) {
  if (error.error.fault == Fault::canceled) return kExitInterrupted;
  if (error.trouble == BuildTrouble::does_not_apply ||
      error.trouble == BuildTrouble::option_missing)
    return kExitSkip;
  return error.trouble == BuildTrouble::lab && error.error.fault == Fault::scenario ? kExitUsage
                                                                                    : kExitLab;
}

void print_build(const KernelBuild& build, const std::string& what) {
  if (what == "digest") std::cout << build.digest << "\n";
  if (what == "path") std::cout << build.image.string() << "\n";
  if (what == "metadata") std::cout << read_file(build.metadata).value() << "\n";
}

int run_build(const CommandContext& context, const KernelFlags& flags) {
  const auto catalog = Catalog::load(context.places().data);
  if (!catalog) return complain(catalog.error());
  auto spec = spec_of(*catalog, flags);
  if (!spec) return complain(spec.error());
  asio::io_context io;
  KernelBuilder builder(io.get_executor(), options_of(context, flags, *catalog));
  ProgressLine line;
  std::optional<BuildResult> result;
  const auto build = [&]() -> Task<void> {
    result = co_await builder.build(std::move(*spec),
                                    [&](const BuildProgress& progress) { line.show(progress); });
  };
  const bool done = run_until_interrupted(io, build());
  line.finish();
  if (!done) return say_interrupted();
  if (result->has_value()) {
    print_build(**result, flags.print);
    return kExitPass;
  }
  std::cerr << "luolab: " << result->error().error.what << "\n";
  if (!result->error().evidence.empty()) std::cerr << result->error().evidence << "\n";
  return exit_code_of(result->error());
}

int run_fetch(const CommandContext& context, const KernelFlags& flags) {
  const auto catalog = Catalog::load(context.places().data);
  if (!catalog) return complain(catalog.error());
  const auto base = catalog->base(flags.base);
  if (!base) return complain(base.error());
  asio::io_context io;
  KernelBuilder builder(io.get_executor(), options_of(context, flags, *catalog));
  ProgressLine line;
  std::optional<Result<std::string>> version;
  const auto fetch = [&]() -> Task<void> {
    version = co_await builder.fetch(*base, flags.refresh,
                                     [&](const BuildProgress& progress) { line.show(progress); });
  };
  const bool done = run_until_interrupted(io, fetch());
  line.finish();
  if (!done) return say_interrupted();
  if (!version->has_value()) return complain(version->error());
  std::cout << base->name << " " << **version << "\n";
  if (!base->recorded_version.empty() && base->recorded_version != **version) {
    std::cerr << fmt::format("luolab: the recorded version is {}; --locked would refuse {}\n",
                             base->recorded_version, **version);
  }
  return kExitPass;
}

json::array bases_of(const Catalog& catalog, const CacheFolder& cache) {
  json::array list;
  for (const std::string& name : catalog.base_names()) {
    const BaseSpec base = catalog.base(name).value();
    json::object row = {{"name", name},
                        {"kind", boost::describe::enum_to_string(base.kind, "?")},
                        {"recorded_version", base.recorded_version}};
    // The state of a folder is expensive to ask for and changes under our hands.
    const bool is_kept = base.kind == BaseKind::deb || base.kind == BaseKind::tarball;
    const auto tree =
        is_kept ? cached_base(cache, base, false) : Result<std::optional<BaseTree>>(std::nullopt);
    row["cached_version"] = tree && *tree ? json::value((*tree)->version) : json::value(nullptr);
    list.push_back(std::move(row));
  }
  return list;
}

json::array builds_of(const CacheFolder& cache) {
  json::array list;
  for (const CachedBuild& build : list_builds(cache)) {
    list.push_back({{"digest", build.record.digest},
                    {"title", build.record.title},
                    {"release", build.record.release},
                    {"base_version", build.record.base_version},
                    {"build_id", build.record.build_id},
                    {"image", (build.folder / "bzImage").string()}});
  }
  return list;
}

json::array names_as_json(const std::vector<std::string>& names) {
  return json::array(names.begin(), names.end());
}

void print_lists(const json::object& lists) {
  const auto text = [](const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : std::string();
  };
  std::cout << "BASES\n";
  for (const auto& base : lists.at("bases").as_array()) {
    const std::string cached = text(base.at("cached_version"));
    std::cout << fmt::format("  {:<16} {:<9} {}\n", text(base.at("name")), text(base.at("kind")),
                             cached.empty() ? "not in the cache" : cached);
  }
  for (const char* kind : {"series", "fragments"}) {
    std::cout << (kind == std::string("series") ? "SERIES\n" : "FRAGMENTS\n");
    for (const auto& name : lists.at(kind).as_array()) std::cout << "  " << text(name) << "\n";
  }
  std::cout << "BUILDS (the last used first)\n";
  for (const auto& build : lists.at("builds").as_array()) {
    std::cout << fmt::format("  {}  {:<8} {}\n", text(build.at("digest")).substr(0, 12),
                             text(build.at("release")), text(build.at("title")));
  }
}

int run_list(const CommandContext& context, const KernelFlags& flags) {
  const auto catalog = Catalog::load(context.places().data);
  if (!catalog) return complain(catalog.error());
  const CacheFolder cache{context.places().cache};
  const json::object lists = {{"version", 1},
                              {"bases", bases_of(*catalog, cache)},
                              {"series", names_as_json(catalog->series_names())},
                              {"fragments", names_as_json(catalog->fragment_names())},
                              {"builds", builds_of(cache)}};
  if (flags.json) {
    std::cout << pretty(lists) << "\n";
  } else {
    print_lists(lists);
  }
  return kExitPass;
}

int run_gc(const CommandContext& context, const KernelFlags& flags) {
  GcPolicy policy;
  policy.keep = flags.keep;
  if (!flags.older_than.empty()) {
    policy.older_than = parse_duration(flags.older_than);
    if (!policy.older_than) {
      return complain(scenario_error(
          fmt::format("--older-than: \"{}\" is no duration (try 48h)", flags.older_than)));
    }
  }
  if (!policy.keep && !policy.older_than) policy.keep = kBuildsKept;
  const CacheFolder cache{context.places().cache};
  cache.create();
  for (const std::string& digest : collect_garbage(cache, policy)) std::cout << digest << "\n";
  return kExitPass;
}

template <class Run>
void on_run(CLI::App& command, CommandContext& context, std::shared_ptr<KernelFlags> flags,
            Run run) {
  command.callback([&context, flags, run] { context.exit_code = run(context, *flags); });
}

void add_build_flags(CLI::App& build, KernelFlags& flags) {
  build
      .add_option("--base", flags.base,
                  "a name of `kernel list`, or dir:PATH, git:PATH@REF, tarball:PATH#sha256=HEX, "
                  "prebuilt:PATH")
      ->capture_default_str();
  build
      .add_option(
          "--series", flags.series,
          "a patch, mbox, format-patch or quilt folder, git:DIR:RANGE, or a name of `kernel list`")
      ->take_all();
  build.add_option("--fragment", flags.fragments, "added to liveupdate and qemu-x86_64")
      ->take_all();
  build.add_flag("--only-fragments", flags.only_fragments, "leave liveupdate and qemu-x86_64 out");
  build.add_flag("--locked", flags.locked, "refuse a base of any version but the recorded one");
  build.add_option("--jobs", flags.jobs, "of make; 0 is one per processor");
  build.add_option("--print", flags.print, "what goes to standard output")
      ->check(CLI::IsMember({"path", "digest", "metadata"}));
}

}  // namespace

void add_kernel_command(CLI::App& root, CommandContext& context) {
  auto* kernel = root.add_subcommand("kernel", "bases, builds and their cache");
  kernel->require_subcommand(1);
  const auto flags = std::make_shared<KernelFlags>();

  auto* list = kernel->add_subcommand("list", "bases, series, fragments and finished builds");
  list->add_flag("--json", flags->json, "as JSON");
  on_run(*list, context, flags, run_list);

  auto* fetch = kernel->add_subcommand("fetch", "get a base into the cache");
  fetch->add_option("BASE", flags->base, "a name of `kernel list`")->required();
  fetch->add_flag("--refresh", flags->refresh,
                  "ask the archive also where the cache has an answer");
  fetch->add_flag("--locked", flags->locked, "refuse any version but the recorded one");
  on_run(*fetch, context, flags, run_fetch);

  auto* build = kernel->add_subcommand("build", "build a kernel, or find it in the cache");
  add_build_flags(*build, *flags);
  on_run(*build, context, flags, run_build);

  auto* gc = kernel->add_subcommand(
      "gc", fmt::format("remove builds; without a limit all but the {} used last", kBuildsKept));
  gc->add_option("--keep", flags->keep, "how many of the builds used last stay");
  gc->add_option("--older-than", flags->older_than,
                 "remove what was last used longer ago, such as 48h");
  on_run(*gc, context, flags, run_gc);
}

}  // namespace luolab
