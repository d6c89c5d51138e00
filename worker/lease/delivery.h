// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/lease/controller_api.h"
#include "worker/lease/spool.h"

namespace luolab {

/// Tries once to hand in all that belongs to a finished attempt, in the order that makes it safe to
/// be cut off anywhere: evidence, the rest of the console, and last the report, which is what makes
/// it count. Each part may be repeated. Changes nothing in the spool. Errors are the controller's
/// (ControllerApi), or Fault::bug where it will never take what it is given. One thread.
Task<Result<Delivery>> deliver(ControllerApi& api, const SpooledAttempt& spooled);

}  // namespace luolab
