# SPDX-License-Identifier: Apache-2.0
"""The dashboard in Chromium: what it loads, how soon it answers, how smoothly it moves, with a store of
many jobs and a map of a million pages."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from measure import entry

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MOST_BYTES, MOST_MS, FRAME_MS, DRAW_MS, LEAST_RATE = 200_000, 1000, 50, 200, 30


def dashboard(jobs, luolab):
    build = pathlib.Path(luolab).resolve().parent.parent
    with tempfile.TemporaryDirectory() as state:
        # Its own bars, and with them its exit code, are another matter.
        subprocess.run([build / "tests" / "bench" / "store" / "luolab-store-bench", state, str(jobs)], check=False, stdout=subprocess.DEVNULL)
        subprocess.run([luolab, "--state", state, "run", ROOT / "scenarios" / "quickstart.yaml"], check=True, capture_output=True)
        done = subprocess.run(["node", HERE / "dashboard" / "measure.mjs", state, build / "web" / "files"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, env={**os.environ, "LUOLAB": str(luolab), "MODULES": str(build / "web" / "source")})
        if done.returncode != 0:
            sys.exit(f"the dashboard was not measured:\n{done.stderr}")
        found = json.loads(done.stdout)
    print(f"  {json.dumps(found)}", file=sys.stderr)
    at_most = lambda name, figure, unit, what, most: entry(f"dashboard.{name}", figure, unit, what, [figure / most], f"at most {most}", figure <= most)
    rate = found["page_map"]["rate"]
    return [at_most("script", found["script_bytes"], "B", "scripts of the first page, gzip", MOST_BYTES),
            at_most("interactive", found["interactive_ms"], "ms", "Now, from the address to its content, median of 7", MOST_MS),
            at_most("list", found["list_interactive_ms"], "ms", f"the same of Jobs with {jobs} jobs in the store", MOST_MS),
            at_most("scroll.p99", found["scrolling"]["p99"], "ms", f"a frame while {found['scrolling']['passed']} rows scroll by, asked for by {found['scrolling']['rows']}", FRAME_MS),
            at_most("map.draw", found["page_map"]["draw"], "ms", "the slowest drawing of a map of 1,000,000 pages", DRAW_MS),
            entry("dashboard.map.pan", rate, "/s", "frames while that map is panned, the slowest of three zooms", [rate / LEAST_RATE], f"at least {LEAST_RATE}", rate >= LEAST_RATE)]
