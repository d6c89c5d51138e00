// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/delivery.h"

#include "worker/lease/file_piece.h"

namespace luolab {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

/// The console from where the controller has it: an empty piece asks how far that is.
Task<Result<Delivery>> deliver_console(ControllerApi& api, const SpooledAttempt& spooled) {
  const UniqueFd file = open_for_pieces(spooled.console);
  std::uint64_t offset = 0;
  std::string piece;
  for (;;) {
    const auto taken = co_await api.console(spooled.attempt, offset, piece);
    if (!taken) co_return taken.error();
    if (taken->delivery == Delivery::refused) co_return Delivery::refused;
    if (!piece.empty() && taken->size_bytes <= offset) {
      co_return lab_error("the controller's copy of the console does not grow");
    }
    offset = taken->size_bytes;
    piece = read_piece(file, offset, kPieceBytes);
    if (piece.empty()) co_return Delivery::taken;
  }
}

}  // namespace

Task<Result<Delivery>> deliver(ControllerApi& api, const SpooledAttempt& spooled) {
  AttemptReport report = spooled.report;
  for (Artifact& artifact : report.artifacts) {
    const std::filesystem::path file = artifact.path;
    const auto put = co_await api.put_artifact(spooled.attempt, file, artifact.sha256);
    if (!put || *put == Delivery::refused) co_return put;
    artifact.path.clear();  // where it lies here is nobody's business
  }
  if (!spooled.console.empty()) {
    const auto console = co_await deliver_console(api, spooled);
    if (!console || *console == Delivery::refused) co_return console;
  }
  co_return co_await api.report(spooled.attempt, report);
}

}  // namespace luolab
