# SPDX-License-Identifier: Apache-2.0
"""Whether luolab's tests notice when luolab itself is broken: each patch of tests/harness-mutants is
applied to a copy of the sources, which is built and tested until a test fails."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from measure import entry

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MUTANTS = ROOT / "tests" / "harness-mutants"
# From the quickest to those that boot kernels; the first that notices is enough.
STAGES = [["-L", "^unit$"], ["-L", "^kernel$"], ["-L", "^integration$"]]


def called(command, folder, **more):
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **more)


class Copy:
    """The sources as they are now, in a folder of their own, built once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.tree = self.folder / "build" / "release"
        os.environ["CCACHE_BASEDIR"] = str(folder)
        names = called(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT).stdout.split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)
        for command in (["cmake", "--preset", "release"], ["ninja", "-C", self.tree]):
            done = called(command, self.folder)
            if done.returncode != 0:
                sys.exit(f"the sources do not build:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")

    def patch(self, mutant, *flags):
        done = called(["patch", "-p1", "--no-backup-if-mismatch", "-s", "-i", mutant, *flags], self.folder)
        if done.returncode != 0:
            sys.exit(f"{mutant.name} does not fit the sources any more; make it anew:\n{done.stdout}")

    def build(self):
        """Empty, or why it does not build."""
        done = called(["ninja", "-C", self.tree], self.folder)
        return "" if done.returncode == 0 else done.stdout[-2000:]

    def failing(self, selection):
        """Names of the tests that fail, among those selected."""
        # That a patch fits the sources no more, where it is in them already, is no notice.
        done = called(["ctest", "-j2", "--stop-on-failure", "--no-tests=error", *selection, "-E", "^HarnessMutants"], self.tree)
        names = re.findall(r"^\s*\d+ - (.+) \((?:Failed|Timeout|SEGFAULT|Subprocess.*|.*Exception.*)\)", done.stdout, re.M)
        if done.returncode != 0 and not names:
            sys.exit(f"ctest failed without naming a test:\n{done.stdout[-2000:]}{done.stderr}")
        return names


def noticed_by(copy, mutant):
    copy.patch(mutant)
    try:
        if trouble := copy.build():
            sys.exit(f"{mutant.name} does not build, which says nothing about the tests:\n{trouble}")
        for stage in STAGES:
            if names := copy.failing(stage):
                return names[0]
    finally:
        copy.patch(mutant, "-R")
    return None


def exactly(names):
    return "|".join(f"^{re.escape(name)}$" for name in sorted(set(names)))


def harness():
    """Share of the harness mutants that a test notices; tests that noticed must pass without them."""
    mutants = sorted(MUTANTS.glob("*.patch"))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(folder)
        for mutant in mutants:
            began = time.monotonic()
            found[mutant.stem] = noticed_by(copy, mutant)
            print(f"  {mutant.stem}: {found[mutant.stem] or 'NOT NOTICED'} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
        by = [name for name in found.values() if name]
        if trouble := copy.build():
            sys.exit(trouble)
        if names := copy.failing(["-R", exactly(by)]):
            sys.exit(f"these fail without a mutant too, and have noticed nothing: {', '.join(names)}")
    return [entry("harness", len(by), "", f"harness mutants of {len(mutants)} that a test notices", [len(by) / len(mutants)], "all", len(by) == len(mutants))]
