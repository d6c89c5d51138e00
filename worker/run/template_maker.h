// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/run/attempt_setup.h"
#include "worker/run/machine_template.h"
#include "worker/run/template_pool.h"

namespace luolab {

/// Brings a machine to the point that is wished for, as an attempt of this job would, and saves it.
/// Nothing where it does not get there (a kernel that dies on its way, no room in memory, a QEMU
/// that can't save): nobody is blamed for that here.
Task<TemplateRef> make_template(AttemptSetup setup, TemplateWish wish, TemplateRef base);

}  // namespace luolab
