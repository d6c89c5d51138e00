// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/resources.h"

namespace luolab {

/// 409: the attempt is not this worker's, or not any more. Nothing was changed.
inline ApiError stale_attempt(AttemptId attempt) {
  return {409,
          "stale-attempt",
          fmt::format("attempt {} is not this worker's any more; nothing was changed",
                      attempt_text(attempt)),
          {{"attempt", attempt_text(attempt)}}};
}

}  // namespace luolab
