// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "worker/fleet/worker_layout.h"

namespace luolab {

/// Bytes that many machines get, and their digest. Shared, never changed.
struct Content {
  std::shared_ptr<const std::string> bytes;
  std::string sha256;
};
Content content_of(std::string bytes);

/// What is the same for all machines of a fleet.
struct WorkerPayload {
  Content program;
  Content agent;
  Content data;  ///< a tar; its digest is that of `tree_digest_script` over what is in it
  std::vector<std::string> libraries;  ///< that the program needs; empty: not known
};

/// Where it is taken from.
struct PayloadPlaces {
  std::filesystem::path program;
  std::filesystem::path agent;
  std::filesystem::path data;
};

/// The tree that `cmake --install --prefix PREFIX` made.
PayloadPlaces installed_places(const std::filesystem::path& prefix);

/// Reads all of it: blocking. Fault::lab where something is missing, which the message names.
Result<WorkerPayload> read_payload(const PayloadPlaces& places);

/// The shared libraries of this very process, by their names for the loader.
std::vector<std::string> own_libraries();

/// What a machine is to have for its worker, beside the payload.
struct WorkerSettings {
  std::string controller;  ///< URL
  std::string name;        ///< of the worker
  std::string user = std::string(kWorkerUser);
  std::vector<std::string> tags;
  std::uint32_t slots = 1;
  std::string authority;  ///< PEM; empty: the system's
  std::string token;      ///< empty: none is written
  bool use_token = false;
};

/// One thing that is installed: a file, or a folder with all that is in it.
struct InstalledItem {
  std::string step;  ///< for people: "program", "token"
  std::string path;
  std::string mode;   ///< octal, as `stat -c %a` says it
  std::string owner;  ///< user
  Content content;
  bool tree = false;
};

/// Everything that is to lie on the machine, in the order in which it is written. Pure.
std::vector<InstalledItem> items_of(const WorkerLayout& layout, const WorkerPayload& payload,
                                    const WorkerSettings& settings);

/// The environment file's text. Pure.
std::string worker_options(const WorkerLayout& layout, const WorkerSettings& settings);

}  // namespace luolab
