# SPDX-License-Identifier: Apache-2.0
"""Bisecting a series of 15 patches with one bad one at a random place."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from measure import entry

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PATCHES, MOST_BUILDS = 15, 5
BAD, SCENARIO = "04-position-at-preserve", "04-position"


def harmless(number):
    """A patch that adds a file which nothing includes."""
    return f"""Subject: [PATCH] mm: note {number}

SPDX-License-Identifier: GPL-2.0
---
--- /dev/null
+++ b/mm/note-{number}.txt
@@ -0,0 +1 @@
+note {number}
"""


def write_series(folder, bad):
    mutant = (ROOT / "kernel-patches" / "mutants" / f"{BAD}.patch").read_text()
    for number in range(1, PATCHES + 1):
        text = mutant if number == bad else harmless(number)
        (folder / f"{number:04}.patch").write_text(text)
    (folder / "series").write_text("".join(f"{number:04}.patch\n" for number in range(1, PATCHES + 1)))


def bisect(times, luolab):
    right, builds, seconds = 0, [], []
    for _ in range(times):
        bad = random.randint(1, PATCHES)
        with tempfile.TemporaryDirectory() as folder:
            series = pathlib.Path(folder) / "series"
            series.mkdir()
            write_series(series, bad)
            found = pathlib.Path(folder) / "found.json"
            began = time.monotonic()
            done = subprocess.run([luolab, "--state", f"{folder}/state", "bisect", "--series", series, "--scenario",
                                   ROOT / "scenarios" / "contract" / f"{SCENARIO}.yaml", "--json", found],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            seconds.append(time.monotonic() - began)
            if not found.exists():
                sys.exit(f"luolab bisect failed with {done.returncode}:\n{done.stderr}")
            said = json.loads(found.read_text())
        right += said["outcome"] == "found" and said["first_bad"] == bad
        builds.append(said["builds"])
        print(f"  bad {bad}, found {said['first_bad']}, {said['builds']} builds, {seconds[-1]:.0f} s", file=sys.stderr)
    return [entry("bisect.right", right, "", f"{times} series of {PATCHES} patches", [right / times], "every time", right == times),
            entry("bisect.builds", max(builds), "", f"{MOST_BUILDS}; the most of {times}", [count / MOST_BUILDS for count in builds],
                  f"at most {MOST_BUILDS}", max(builds) <= MOST_BUILDS)]
