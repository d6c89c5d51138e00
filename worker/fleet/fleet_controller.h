// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/async/task.h"
#include "core/base/error.h"

namespace luolab {

/// A token that a controller has made for a worker.
struct IssuedToken {
  std::string id;
  std::string secret;
};

/// What installing and removing workers asks of their controller. Calls for several workers may be
/// under way at once; all of them from the loop's thread. Errors name the controller.
class FleetController {
 public:
  virtual ~FleetController() = default;
  virtual Task<Result<IssuedToken>> issue_token(std::string worker) = 0;
  /// No error where there is no such token any more.
  virtual Task<Result<void>> revoke_token(std::string id) = 0;
  /// Lets the worker take nothing new. True where it took work before, so that it is to be
  /// resumed; false also where the controller does not know it.
  virtual Task<Result<bool>> drain(std::string worker) = 0;
  /// Waits until a drained worker runs nothing any more, or is away.
  virtual Task<Result<void>> until_idle(std::string worker) = 0;
  virtual Task<Result<void>> resume(std::string worker) = 0;
  /// No error where the controller does not know it.
  virtual Task<Result<void>> forget(std::string worker) = 0;
};

}  // namespace luolab
