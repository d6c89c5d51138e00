// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/baggage.h"
#include "agent/failure.h"

namespace luolab {

/// Loads the incoming kernel with kexec_file_load(2), the only way that hands preserved memory
/// over. Files are named as in Baggage::open_file; an empty initrd means none.
Done load_kernel(const Baggage& baggage, const std::string& kernel, const std::string& initrd,
                 const std::string& cmdline);

/// Leaves this kernel for the loaded one, stamping the baggage until the end. Returns only where
/// the kernel refuses.
Failure leave_kernel(Baggage& baggage);

/// Takes back what was loaded.
bool unload_kernel();

}  // namespace luolab
