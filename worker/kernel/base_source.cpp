// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/base_source.h"

#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "worker/kernel/apt_archive.h"
#include "worker/kernel/dir_source.h"
#include "worker/kernel/git_source.h"
#include "worker/kernel/key_lock.h"
#include "worker/kernel/tool.h"
#include "worker/kernel/tree_digest.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRecordLimit = 64 << 10;
constexpr int kCheckpointRecords = 500;  // of tar's 10 KiB

/// `base.json` beside a tree, and `current-*.json` for what a name means at present.
struct BaseRecord {
  std::string id;
  std::string digest;
  std::string version;
  std::string origin;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(BaseRecord, (), (id, digest, version, origin, sha256))

std::optional<BaseRecord> read_record(const fs::path& file) {
  const auto text = read_file(file, kRecordLimit);
  if (!text) return std::nullopt;
  auto record = from_json<BaseRecord>(*text);
  if (!record) return std::nullopt;
  return std::move(*record);
}

fs::path current_file(const CacheFolder& cache, const BaseSpec& base) {
  const std::string question =
      fmt::format("{} {} {}", base.package, base.mirror, fmt::join(base.suites, " "));
  return cache.bases() / fmt::format("current-{}.json", sha256_of(question).substr(0, 16));
}

std::string deb_id(const BaseSpec& base, const std::string& version, const std::string& sha256) {
  return fmt::format("deb-{}-{}-{}", base.package, version, sha256.substr(0, 12));
}

std::optional<BaseTree> tree_of(const CacheFolder& cache, const std::string& id) {
  return read_base_record(cache.bases() / id);
}

/// Makes `bases/ID` once: `fill` writes the source into a folder and says where it came from.
class TreeMaker {
 public:
  TreeMaker(CacheFolder cache, asio::any_io_executor blocking, StageReport report)
      : cache_(std::move(cache)), blocking_(std::move(blocking)), report_(std::move(report)) {}

  using Fill = std::function<Task<Result<BaseTree>>(fs::path tree, fs::path scratch)>;

  Task<Result<BaseTree>> make(std::string id, Fill fill) const {
    const FileLock lock = co_await lock_of("base-" + id);
    if (auto there = tree_of(cache_, id)) co_return std::move(*there);
    const WorkArea area(cache_);
    const fs::path folder = area.path() / "base";
    fs::create_directories(folder / "tree");
    auto made = co_await fill(folder / "tree", area.path());
    if (!made) co_return made.error();
    if (!fs::exists(folder / "tree/Makefile"))
      co_return scenario_error("the source has no Makefile, so it is no kernel");
    say("checking");
    const fs::path tree = folder / "tree";
    auto digest = [tree] { return digest_of_tree(tree); };
    made->digest = co_await run_on(blocking_, std::move(digest));
    write_base_record(folder, *made);
    publish(folder, cache_.bases() / id);
    co_return std::move(*tree_of(cache_, id));
  }

  Task<FileLock> lock_of(std::string name) const {
    fs::path file = cache_.lock(name);
    std::function<void()> on_wait = [this] { say("waiting for another process"); };
    auto lock = co_await take_lock(std::move(file), std::move(on_wait));
    co_return lock;
  }

  void say(const std::string& stage, std::uint64_t done = 0, std::uint64_t total = 0) const {
    if (report_) report_(stage, done, total);
  }
  const CacheFolder& cache() const { return cache_; }
  asio::any_io_executor blocking() const { return blocking_; }

 private:
  CacheFolder cache_;
  asio::any_io_executor blocking_;
  StageReport report_;
};

/// The archive's single top folder is left out. A kernel of today is about 1.6 GB unpacked.
Task<Result<std::string>> unpack(const TreeMaker& maker, fs::path archive, fs::path tree) {
  maker.say("unpacking");
  ProcessSpec spec;
  spec.program = "tar";
  spec.arguments = {"-xf",
                    archive.string(),
                    "-C",
                    tree.string(),
                    "--strip-components=1",
                    "--no-same-owner",
                    fmt::format("--checkpoint={}", kCheckpointRecords),
                    "--checkpoint-action=echo=%u"};
  std::function<void(std::string_view)> count = [&maker](std::string_view line) {
    const std::uint64_t records = std::strtoull(std::string(line).c_str(), nullptr, 10);
    if (records > 0) maker.say("unpacking", records * 10240, 0);
  };
  auto output = co_await run_tool(std::move(spec), std::move(count));
  co_return output;
}

fs::path tarball_below(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename().string().find(".tar") != std::string::npos) return entry.path();
  }
  return {};
}

Task<Result<BaseTree>> fill_from_deb(const TreeMaker& maker, AptArchive archive,
                                     ArchivePackage package, fs::path tree, fs::path scratch,
                                     BaseSpec base) {
  maker.say("fetching");
  const auto deb = co_await archive.download(package, scratch);
  if (!deb) co_return deb.error();
  maker.say("unpacking");
  ProcessSpec extract;
  extract.program = "dpkg-deb";
  extract.arguments = {"--extract", deb->string(), (scratch / "deb").string()};
  const auto extracted = co_await run_tool(std::move(extract));
  if (!extracted) co_return extracted.error();
  const fs::path tarball = tarball_below(scratch / "deb");
  if (tarball.empty())
    co_return scenario_error(
        fmt::format("base {}: {} has no tarball in it", base.name, base.package));
  const auto unpacked = co_await unpack(maker, tarball, tree);
  if (!unpacked) co_return unpacked.error();
  BaseTree made;
  made.version = package.version;
  made.origin =
      fmt::format("{} {} {} {}", base.mirror, package.suite, base.package, package.version);
  made.sha256 = package.sha256;
  co_return made;
}

Task<Result<BaseTree>> provide_deb(const TreeMaker& maker, BaseSpec base, FetchPolicy policy) {
  if (policy.locked && base.recorded_version.empty()) {
    co_return scenario_error(
        fmt::format("base {}: has no recorded version, which --locked asks for (add recorded: "
                    "{{version, sha256}})",
                    base.name));
  }
  const FileLock lock = co_await maker.lock_of("apt");
  if (!policy.refresh) {
    auto known = cached_base(maker.cache(), base, policy.locked);
    if (!known) co_return known.error();
    if (*known) co_return std::move(**known);
  }
  maker.say("fetching");
  AptArchive archive(maker.cache().apt(), base);
  std::string wanted;
  if (policy.locked) wanted = base.recorded_version;
  auto package = co_await archive.resolve(std::move(wanted));
  if (!package) co_return package.error();
  if (policy.locked && package->sha256 != base.recorded_sha256) {
    co_return scenario_error(
        fmt::format("base {}: {} {} has SHA-256 {} in the archive, but {} is recorded", base.name,
                    base.package, package->version, package->sha256, base.recorded_sha256));
  }
  const std::string id = deb_id(base, package->version, package->sha256);
  TreeMaker::Fill fill = [&](fs::path tree, fs::path scratch) {
    return fill_from_deb(maker, archive, *package, std::move(tree), std::move(scratch), base);
  };
  auto made = co_await maker.make(id, std::move(fill));
  if (made && !policy.locked) {
    write_file_atomically(
        current_file(maker.cache(), base),
        pretty(to_json(BaseRecord{id, made->digest, made->version, made->origin, made->sha256})));
  }
  co_return made;
}

Task<Result<fs::path>> local_tarball(const TreeMaker& maker, BaseSpec base, fs::path scratch) {
  if (base.location.find("://") == std::string::npos) co_return fs::path(base.location);
  maker.say("fetching");
  ProcessSpec spec;
  spec.program = "curl";
  spec.arguments = {"--fail",
                    "--silent",
                    "--show-error",
                    "--location",
                    "--proto",
                    "=https,http,file",
                    "--max-filesize",
                    "4294967296",
                    "--output",
                    (scratch / "source.tar").string(),
                    "--",
                    base.location};
  const auto fetched = co_await run_tool(std::move(spec));
  if (!fetched) co_return in_context("base " + base.name, fetched.error());
  co_return scratch / "source.tar";
}

Task<Result<BaseTree>> fill_from_tarball(const TreeMaker& maker, BaseSpec base, fs::path tree,
                                         fs::path scratch) {
  const auto file = co_await local_tarball(maker, base, scratch);
  if (!file) co_return file.error();
  if (!fs::is_regular_file(*file))
    co_return scenario_error(fmt::format("base {}: {}: no such file", base.name, file->string()));
  const fs::path path = *file;
  auto hash = [path] { return sha256_of_file(path); };
  const std::string digest = co_await run_on(maker.blocking(), std::move(hash));
  if (digest != base.sha256) {
    co_return scenario_error(fmt::format("base {}: {} has SHA-256 {}, but {} is asked for",
                                         base.name, base.location, digest, base.sha256));
  }
  const auto unpacked = co_await unpack(maker, path, tree);
  if (!unpacked) co_return unpacked.error();
  BaseTree made;
  made.version = made.sha256 = digest;
  made.origin = base.location;
  co_return made;
}

Task<Result<BaseTree>> provide_git(const TreeMaker& maker, BaseSpec base, FetchPolicy policy) {
  const FileLock lock = co_await maker.lock_of("git");
  maker.say("fetching");
  const auto commit = co_await resolve_commit(maker.cache(), base, policy.refresh);
  if (!commit) co_return commit.error();
  TreeMaker::Fill fill = [&](fs::path tree, fs::path scratch) -> Task<Result<BaseTree>> {
    maker.say("unpacking");
    const auto done = co_await check_out(*commit, std::move(tree), std::move(scratch));
    if (!done) co_return done.error();
    BaseTree made;
    made.version = commit->commit;
    made.origin = fmt::format("{} {}", base.location, base.ref);
    co_return made;
  };
  auto made = co_await maker.make("git-" + commit->commit, std::move(fill));
  co_return made;
}

Task<Result<BaseTree>> provide_dir(const TreeMaker& maker, BaseSpec base) {
  maker.say("reading the source folder");
  const CacheFolder cache = maker.cache();
  const fs::path folder = base.location;
  auto read = [cache, folder] { return read_dir_state(cache, folder); };
  const auto state = co_await run_on(maker.blocking(), std::move(read));
  if (!state) co_return in_context("base " + base.name, state.error());
  TreeMaker::Fill fill = [&](fs::path tree, fs::path) -> Task<Result<BaseTree>> {
    maker.say("copying");
    auto copy = [folder, snapshot = *state, tree] {
      copy_dir(folder, snapshot, tree);
      return true;
    };
    co_await run_on(maker.blocking(), std::move(copy));
    BaseTree made;
    made.version = state->digest.substr(0, 12);
    made.origin = folder.string();
    co_return made;
  };
  auto made = co_await maker.make("dir-" + state->digest, std::move(fill));
  co_return made;
}

}  // namespace

Task<Result<BaseTree>> provide_base(CacheFolder cache, asio::any_io_executor blocking,
                                    BaseSpec base, FetchPolicy policy, StageReport report) {
  TreeMaker maker(std::move(cache), std::move(blocking), std::move(report));
  if (base.kind == BaseKind::deb) {
    auto tree = co_await provide_deb(maker, std::move(base), policy);
    co_return tree;
  }
  if (base.kind == BaseKind::git) {
    auto tree = co_await provide_git(maker, std::move(base), policy);
    co_return tree;
  }
  if (base.kind == BaseKind::dir) {
    auto tree = co_await provide_dir(maker, std::move(base));
    co_return tree;
  }
  if (base.kind == BaseKind::prebuilt) co_return bug_error("a prebuilt kernel has no source");
  TreeMaker::Fill fill = [&](fs::path tree, fs::path scratch) {
    return fill_from_tarball(maker, base, std::move(tree), std::move(scratch));
  };
  auto tree = co_await maker.make("tarball-" + base.sha256, std::move(fill));
  co_return tree;
}

Result<std::optional<BaseTree>> cached_base(const CacheFolder& cache, const BaseSpec& base,
                                            bool locked) {
  if (base.kind == BaseKind::tarball) return tree_of(cache, "tarball-" + base.sha256);
  if (base.kind == BaseKind::deb && locked) {
    return tree_of(cache, deb_id(base, base.recorded_version, base.recorded_sha256));
  }
  if (base.kind == BaseKind::deb) {
    const auto current = read_record(current_file(cache, base));
    return current ? tree_of(cache, current->id) : std::nullopt;
  }
  if (base.kind == BaseKind::dir) {
    const auto state = read_dir_state(cache, base.location);
    if (!state) return in_context("base " + base.name, state.error());
    return tree_of(cache, "dir-" + state->digest);
  }
  return std::nullopt;
}

void write_base_record(const fs::path& folder, const BaseTree& base) {
  const BaseRecord record{folder.filename().string(), base.digest, base.version, base.origin,
                          base.sha256};
  write_file_atomically(folder / "base.json", pretty(to_json(record)));
}

std::optional<BaseTree> read_base_record(const fs::path& folder) {
  auto record = read_record(folder / "base.json");
  if (!record) return std::nullopt;
  return BaseTree{record->digest, record->version, record->origin, record->sha256, folder / "tree"};
}

}  // namespace luolab
