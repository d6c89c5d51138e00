// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/submit/submit_order.h"
#include "core/http/message.h"

namespace luolab {

/// A file that came with a submission.
struct BroughtFile {
  std::string name;
  std::string bytes;
};

/// A submission as it came over HTTP.
struct SubmitForm {
  SubmitOrder order;
  std::vector<BroughtFile> files;  ///< of exec loads; not yet in `order.files`
};

/// Reads patches as the reader of series reads files: one as it is, several as the folder that they
/// were. Fault::scenario names the patch that is no good. Blocks on a scratch folder.
Result<Series> read_brought_patches(const std::vector<BroughtFile>& patches);

/// Reads a request's body and query (docs/api.md, "Submitting"): YAML as it is; JSON of a
/// SubmitOrder; or a form with parts `order` (such
/// JSON), `scenario`, `series` (patches or an mbox), `file`, and any
/// member of the query as a part. The query wins over the body. Throws ApiError (400, 415). Blocks
/// on a scratch folder where there are patches.
SubmitForm read_submit_form(const HttpRequest& request);

}  // namespace luolab
