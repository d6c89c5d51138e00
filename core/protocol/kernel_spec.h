// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

namespace luolab {

/// Where unpatched kernel source comes from.
enum class BaseKind {
  deb,       ///< a linux-source package of a Debian suite
  tarball,   ///< path or URL, with its SHA-256
  git,       ///< folder or URL, and a ref
  dir,       ///< a source folder, as it is
  prebuilt,  ///< a bzImage, or a kernel build tree that holds one; nothing is built
};
BOOST_DESCRIBE_ENUM(BaseKind, deb, tarball, git, dir, prebuilt)

/// An unpatched kernel source. Fields that the kind does not use are empty.
struct BaseSpec {
  std::string name;  ///< "linux-7.3"
  BaseKind kind = BaseKind::deb;
  std::string package;              ///< deb: "linux-source-7.3"
  std::vector<std::string> suites;  ///< deb: tried in this order
  std::string mirror;               ///< deb: archive URL
  std::string location;             ///< tarball, git: path or URL; dir, prebuilt: path
  std::string ref;                  ///< git: branch, tag or commit
  std::string sha256;               ///< tarball: of the file; required
  std::string recorded_version;     ///< deb: the version this catalog was last checked with
  std::string recorded_sha256;      ///< deb: of that version's .deb
};
BOOST_DESCRIBE_STRUCT(BaseSpec, (),
                      (name, kind, package, suites, mirror, location, ref, sha256, recorded_version,
                       recorded_sha256))

/// One patch as text (unified diff, strip level 1), so that a job needs no file of its submitter.
struct Patch {
  std::string name;  ///< file name, or the mail's subject
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Patch, (), (name, text))

/// An ordered list of patches.
struct Series {
  std::string name;
  std::vector<Patch> patches;
};
BOOST_DESCRIBE_STRUCT(Series, (), (name, patches))

/// A piece of kernel configuration: lines "CONFIG_X=y", "# CONFIG_X is not set", comments.
struct Fragment {
  std::string name;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Fragment, (), (name, text))

/// Everything that a kernel is built from, self-contained but for the base's source.
struct KernelSpec {
  BaseSpec base;
  std::vector<Series> series;       ///< applied in this order
  std::vector<Fragment> fragments;  ///< later ones win
};
BOOST_DESCRIBE_STRUCT(KernelSpec, (), (base, series, fragments))

/// "linux-7.3 + phase-stamps", for people.
std::string kernel_title(const KernelSpec& kernel);

}  // namespace luolab
