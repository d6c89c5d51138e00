// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/service_client.h"
#include "controller/gate/gate_order.h"
#include "controller/gate/gate_report.h"

namespace luolab {

/// Has a controller answer the order, with its own suite of that name, and waits for the answer;
/// each stage is said on standard error. Errors are those of ServiceClient::ask. Where it is
/// cancelled the gate goes on at the controller, and standard error says how to end it.
Task<Result<GateReport>> gate_by_service(ServiceClient& client, const GateOrder& order);

}  // namespace luolab
