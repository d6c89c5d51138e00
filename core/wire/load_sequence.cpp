// SPDX-License-Identifier: Apache-2.0
#include "core/wire/load_sequence.h"

#include <algorithm>

namespace luolab {
namespace {

constexpr std::uint64_t kHotShare = 16;

// SplitMix64's step and finaliser.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t draw(const LoadShape& shape, std::uint32_t writer, std::uint64_t step) {
  return mix(mix(shape.seed ^ (std::uint64_t{writer} << 56)) + step);
}

// Which of the writer's own `count` pages.
std::uint64_t own_page(const LoadShape& shape, std::uint32_t writer, std::uint64_t step,
                       std::uint64_t count) {
  if (shape.order == LoadOrder::sequential) return (step - 1) % count;
  const std::uint64_t drawn = draw(shape, writer, step);
  if (shape.order == LoadOrder::random) return drawn % count;
  const std::uint64_t hot = std::max<std::uint64_t>(1, count / kHotShare);
  const std::uint64_t among = drawn % kHotShare == 0 ? count : hot;
  return (drawn / kHotShare) % among;
}

}  // namespace

std::string_view order_name(LoadOrder order) {
  switch (order) {
    case LoadOrder::random:
      return "random";
    case LoadOrder::hot_spot:
      return "hot-spot";
    case LoadOrder::sequential:
      break;
  }
  return "sequential";
}

std::optional<LoadOrder> parse_order(std::string_view name) {
  for (const LoadOrder order : {LoadOrder::sequential, LoadOrder::random, LoadOrder::hot_spot}) {
    if (order_name(order) == name) return order;
  }
  return std::nullopt;
}

std::uint64_t LoadShape::pages_of(std::uint32_t writer) const {
  return (pages - writer + writers - 1) / writers;
}

std::uint64_t load_page(const LoadShape& shape, std::uint32_t writer, std::uint64_t step) {
  return own_page(shape, writer, step, shape.pages_of(writer)) * shape.writers + writer;
}

}  // namespace luolab
