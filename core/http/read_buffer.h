// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace luolab {

/// Bytes that were read from a connection and not yet used. Plain memory of one owner; while a read
/// into `space()` runs, only `bytes()` and `consume` may be called.
class ReadBuffer {
 public:
  std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t size) { begin_ += size; }
  boost::asio::mutable_buffer space() { return {memory_.get() + end_, capacity_ - end_}; }
  void commit(std::size_t size) { end_ += size; }
  std::size_t room() const { return capacity_ - end_; }
  std::size_t capacity() const { return capacity_; }

  /// Moves what is held to memory of `capacity` bytes, or of as many as it needs.
  void resize(std::size_t capacity) {
    const std::size_t held = end_ - begin_;
    capacity = std::max(capacity, held);
    if (capacity == capacity_) {
      if (held > 0) std::memmove(memory_.get(), memory_.get() + begin_, held);
    } else {
      auto fresh = std::make_unique_for_overwrite<char[]>(capacity);
      if (held > 0) std::memcpy(fresh.get(), memory_.get() + begin_, held);
      memory_ = std::move(fresh);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = held;
  }

 private:
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace luolab
