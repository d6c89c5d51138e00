// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/console_shipper.h"

namespace luolab {

void ConsoleShipper::follow(const std::filesystem::path& console) {
  console_ = open_for_pieces(console);
  known_.wake();
}

Task<void> ConsoleShipper::run() {
  while (!console_) co_await known_.wait();
  for (bool wanted = true; wanted;) {
    const bool more = co_await ship();  // GCC 12 breaks a loop whose condition awaits
    wanted = more;
  }
}

Task<bool> ConsoleShipper::ship() {
  const std::string piece = read_piece(console_, offset_, kPieceBytes);
  if (piece.empty()) {
    co_await clock_.sleep(kPause);
    co_return true;
  }
  const auto taken = co_await api_.console(attempt_, offset_, piece);
  if (!taken) {
    if (taken.error().fault == Fault::scenario) co_return false;
    co_await clock_.sleep(backoff_.next());
    co_return true;
  }
  if (taken->delivery == Delivery::refused) co_return false;
  // A controller that went back behind what it had said gets it again, but not without end.
  if (taken->size_bytes <= offset_) co_await clock_.sleep(backoff_.next());
  if (taken->size_bytes > offset_) backoff_.reset();
  offset_ = taken->size_bytes;
  if (piece.size() < kPieceBytes) co_await clock_.sleep(kPause);
  co_return true;
}

}  // namespace luolab
