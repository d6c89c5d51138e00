// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "worker/fleet/host_facts.h"
#include "worker/fleet/install_plan.h"
#include "worker/fleet/worker_layout.h"

namespace luolab {

/// Exit code of a script that found another one at work on the same prefix.
inline constexpr int kMachineBusy = 75;

// Scripts for `sh`. All of them are pure, may be run again, and are the whole of what luolab does
// on a machine to install a worker. New content goes beside its place (`.luolab-new`) while the
// worker goes on; `commit` puts it in place and keeps what was there (`.luolab-old`) until
// `settle`; `undo` leaves what the facts say was there before.

/// One script at a time for a prefix: the same within a lock on the folder above it.
std::string exclusive_script(const WorkerLayout& layout, std::string_view script);

/// The lines of the record: what was made for the worker, now and earlier. `token`: its number at
/// the controller, empty where none was made.
std::string record_text(const HostFacts& facts, const InstallPlan& plan, std::string_view user,
                        std::string_view token);
/// Makes the folders and the user; its input is the record's new text, `record`.
std::string begin_script(const WorkerLayout& layout, const HostFacts& facts,
                         const InstallPlan& plan, std::string_view user, std::string_view record);
/// Its input is the item's content.
std::string stage_script(const InstalledItem& item);
/// Whether the program runs there, before it is put in place.
std::string trial_script(const InstalledItem& program);
std::string commit_script(const InstallPlan& plan);
/// Starts or restarts the worker and waits so long for a controller's welcome: exit code 124 where
/// it has not come by then.
std::string start_script(const WorkerLayout& layout, const InstallPlan& plan, int wait_seconds);
/// Prints what the worker said when it was started last.
std::string complaint_script();
std::string settle_script(const WorkerLayout& layout);
/// `started`: the service may have been touched.
std::string undo_script(const WorkerLayout& layout, const HostFacts& facts, const InstallPlan& plan,
                        std::string_view user, bool started);

/// Ends the worker, and says "spooled=N" and exits with 3 where it leaves results that no
/// controller has taken, unless they may be thrown away.
std::string stop_script(const WorkerLayout& layout, bool discard);
/// Takes away all that a worker has, and what was made for it.
std::string remove_script(const WorkerLayout& layout, const HostFacts& facts);

}  // namespace luolab
