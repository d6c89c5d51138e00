// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/build_share.h"

#include <fmt/format.h>

#include "core/base/sha256.h"
#include "worker/lease/backoff.h"
#include "worker/lease/build_archive.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

const BuildOffer* offer_of(const LeaseGrant& grant, const std::string& key) {
  for (const BuildOffer& offer : grant.builds) {
    if (!key.empty() && offer.key == key) return &offer;
  }
  return nullptr;
}

bool is_cancellation(const boost::system::system_error& error) {
  return error.code() == asio::error::operation_aborted;
}

}  // namespace

BuildShare::BuildShare(asio::any_io_executor executor, asio::any_io_executor blocking,
                       ControllerApi& api, LeaseClock& clock, CacheFolder cache)
    : blocking_(std::move(blocking)),
      api_(api),
      clock_(clock),
      cache_(cache),
      builds_(std::move(cache)),
      under_way_(executor),
      changed_(executor) {}

Task<void> BuildShare::obtain(const LeaseGrant& grant,
                              std::function<void(std::string_view)> on_activity) {
  for (const BuildOffer& offer : grant.builds) {
    if (offer.key.empty()) continue;
    const bool here = builds_.find(offer.key).has_value();
    if (here && offer.artifact.empty()) begin_hand_in(grant.attempt, offer.key, {});
    if (here || offer.artifact.empty()) continue;
    on_activity("getting a build that another worker made");
    Task<bool> getting = get(offer);
    co_await within(clock_, kPatience, std::move(getting));
  }
}

/// One download of an archive at a time; who waits finds the build in the cache.
Task<bool> BuildShare::get(const BuildOffer& offer) {
  bool got = false;
  try {
    got = co_await get_alone(offer);
  } catch (const boost::system::system_error& error) {
    if (is_cancellation(error)) throw;
  } catch (const std::exception&) {
    got = false;  // no room, perhaps: building it will say so
  }
  co_return got;
}

Task<bool> BuildShare::get_alone(const BuildOffer& offer) {
  while (busy_.contains(offer.artifact)) co_await changed_.wait();
  if (builds_.find(offer.key)) co_return true;
  busy_.insert(offer.artifact);
  const auto leave = [this, artifact = offer.artifact](void*) {
    busy_.erase(artifact);
    changed_.wake();
  };
  const std::unique_ptr<void, decltype(leave)> turn(this, leave);
  const fs::path archive = cache_.work() / (offer.artifact + ".build");
  Backoff backoff;
  for (;;) {
    const auto got = co_await api_.get_artifact(offer.artifact, archive);
    if (got) break;
    if (got.error().fault != Fault::lab) co_return false;
    co_await clock_.sleep(backoff.next());
  }
  auto install = [this, archive, digest = offer.artifact] {
    return SharedBuilds::install(cache_, archive, digest);
  };
  const auto installed = co_await run_on(blocking_, std::move(install));
  std::error_code ignored;  // it only takes room
  fs::remove(archive, ignored);
  if (installed) builds_.remember(offer.key, offer.artifact);
  co_return installed.has_value();
}

std::optional<KernelBuild> BuildShare::find(const KernelSpec& kernel) const {
  const std::string key = build_key(kernel);
  if (key.empty()) return std::nullopt;
  return builds_.find(key);
}

void BuildShare::built(const LeaseGrant& grant, const KernelSpec& kernel,
                       const BuildResult& result) {
  const std::string key = build_key(kernel);
  const BuildOffer* const offer = offer_of(grant, key);
  if (offer == nullptr) return;
  if (result) builds_.remember(key, result->digest);
  if (!offer->artifact.empty()) return;
  begin_hand_in(grant.attempt, key, result ? "" : result.error().error.what);
}

void BuildShare::begin_hand_in(std::int64_t attempt, const std::string& key, std::string failure) {
  if (!handed_in_.insert(key).second) return;
  ++hand_ins_[attempt];
  under_way_.spawn(hand_in(attempt, key, std::move(failure)));
}

Task<void> BuildShare::hand_in(std::int64_t attempt, std::string key, std::string failure) {
  try {
    if (failure.empty()) {
      const auto uploaded = co_await upload(attempt, key);
      if (!uploaded) failure = uploaded.error().what;
    }
    if (!failure.empty()) {
      handed_in_.erase(key);
      const std::string none;
      co_await notify(attempt, key, none, failure);
    }
  } catch (const boost::system::system_error&) {
    handed_in_.erase(key);  // cut off
  } catch (const std::exception&) {
    handed_in_.erase(key);  // this lab's trouble: another attempt may hand it in
  }
  if (--hand_ins_[attempt] == 0) hand_ins_.erase(attempt);
  changed_.wake();
}

/// Packs the build, hands the archive in, and says so. An error means that it can't be shared.
Task<Result<void>> BuildShare::upload(std::int64_t attempt, const std::string& key) {
  const WorkArea area(cache_);
  const fs::path archive = area.path() / "build.tar.zst";
  auto pack = [folder = builds_.folder(key), archive]() -> Result<std::string> {
    if (const auto packed = pack_build(folder, archive); !packed) return packed.error();
    return sha256_of_file(archive);
  };
  const auto digest = co_await run_on(blocking_, std::move(pack));
  if (!digest) co_return digest.error();
  Backoff backoff;
  for (;;) {
    const auto put = co_await api_.put_artifact(attempt, archive, *digest);
    if (put && *put == Delivery::refused) co_return Result<void>();
    if (put) break;
    if (put.error().fault != Fault::lab) co_return put.error();
    co_await clock_.sleep(backoff.next());
  }
  const std::string none;
  co_await notify(attempt, key, *digest, none);
  co_return Result<void>();
}

Task<void> BuildShare::notify(std::int64_t attempt, const std::string& key,
                              const std::string& artifact, const std::string& failure) {
  Backoff backoff;
  for (;;) {
    const auto told = co_await api_.build_done(key, attempt, artifact, failure);
    if (told || told.error().fault != Fault::lab) co_return;
    co_await clock_.sleep(backoff.next());
  }
}

Task<bool> BuildShare::settle(std::int64_t attempt) {
  while (hand_ins_.contains(attempt)) co_await changed_.wait();
  co_return true;
}

Task<void> BuildShare::end() {
  under_way_.cancel();
  co_await under_way_.join();
}

}  // namespace luolab
