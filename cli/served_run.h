// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "cli/listen_address.h"
#include "cli/local_run.h"

namespace luolab {

/// A run on this machine (`run_here`) with the dashboard over it: live while it runs, and after its
/// end until Ctrl-C. Visitors can look and order nothing, since the run is this process' alone.
/// `show` gets the run as soon as it has ended; in what is returned `interrupted` says whether it
/// was ended before its time. Fault::scenario where the address must not be served like this,
/// Fault::lab where it or the store can't be used; then nothing was run.
Result<LocalRun> run_served(const JobList& list, const Places& places, const Catalog& catalog,
                            const LocalRunFlags& flags, const ListenAddress& listen,
                            const std::function<void(const RunRecord&)>& show);

}  // namespace luolab
