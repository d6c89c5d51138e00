// SPDX-License-Identifier: Apache-2.0
#include "worker/run/template_pool.h"

#include <algorithm>

namespace luolab {
namespace {

/// A machine with so many users is worth making even if some of them do not wait for it.
constexpr std::size_t kManyUsers = 8;

}  // namespace

TemplatePool::TemplatePool(asio::any_io_executor executor, std::span<const Job> jobs,
                           TemplateLimits limits)
    : executor_(std::move(executor)), groups_(jobs), limits_(limits) {}

std::size_t TemplatePool::size() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      slots_, [](const auto& entry) { return entry.second.saved != nullptr; }));
}

TemplatePool::Slot& TemplatePool::slot_of(const TemplateWish& wish) {
  return slots_.try_emplace(wish.key, executor_).first->second;
}

Task<TemplateRef> TemplatePool::get(const Job& job, const Make& make) {
  const std::vector<TemplateWish> wishes = groups_.wishes(job);
  TemplateRef best;
  std::size_t next = 0;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    Slot& slot = slot_of(wishes[i]);
    if (slot.state != State::ready) continue;
    best = slot.saved;
    slot.last_use = ++clock_;
    next = i + 1;
  }
  for (; next < wishes.size(); ++next) {
    TemplateRef further = co_await obtain(wishes[next], best, make);
    if (!further) break;
    best = std::move(further);
  }
  for (const TemplateWish& wish : wishes) count_use(wish);
  co_return best;
}

Task<TemplateRef> TemplatePool::obtain(const TemplateWish& wish, TemplateRef base,
                                       const Make& make) {
  Slot& slot = slot_of(wish);
  if (slot.state == State::in_the_making && wish.users >= kManyUsers) co_return nullptr;
  while (slot.state == State::in_the_making) co_await slot.changed.wait();
  if (slot.state == State::absent && make_room(wish.memory_bytes)) {
    slot.state = State::in_the_making;
    slot.memory_bytes = wish.memory_bytes;
    std::exception_ptr failure;
    try {
      slot.saved = co_await make(wish, std::move(base));
    } catch (...) {
      failure = std::current_exception();
    }
    slot.state = failure ? State::absent : slot.saved ? State::ready : State::failed;
    slot.changed.wake();
    if (failure) std::rethrow_exception(failure);
  }
  slot.last_use = ++clock_;
  co_return slot.saved;
}

bool TemplatePool::make_room(std::uint64_t memory_bytes) {
  for (;;) {
    std::uint64_t bytes = memory_bytes;
    std::size_t count = 1;
    Slot* oldest = nullptr;
    for (auto& [key, slot] : slots_) {
      if (slot.state == State::in_the_making || slot.saved) {
        bytes += slot.memory_bytes;
        ++count;
      }
      if (slot.saved && (oldest == nullptr || slot.last_use < oldest->last_use)) oldest = &slot;
    }
    if (bytes <= limits_.most_bytes && count <= limits_.most) return true;
    if (oldest == nullptr) return false;
    oldest->saved.reset();
    oldest->state = State::absent;
  }
}

void TemplatePool::count_use(const TemplateWish& wish) {
  Slot& slot = slot_of(wish);
  if (++slot.uses < wish.users) return;
  slot.saved.reset();
  if (slot.state == State::ready) slot.state = State::absent;
}

}  // namespace luolab
