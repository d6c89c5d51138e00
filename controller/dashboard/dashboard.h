// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/http/message.h"

namespace luolab {

/// The dashboard's answer to a request: a file of it, or its start page for the address of one of
/// its pages (/runs/12). Nothing for whatever is not the dashboard's. Needs no token: the files are
/// the same for everybody, and what they show comes from the API. Pure.
std::optional<HttpResponse> dashboard_answer(const HttpRequest& request);

}  // namespace luolab
