# SPDX-License-Identifier: Apache-2.0
"""Jobs that fork from one saved machine against the same jobs each from power-on."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from measure import entry, in_turn, wall_seconds

MATRIX = pathlib.Path(__file__).resolve().parent / "fork-matrix.yaml"
SLOTS = 2
JOBS = 12


def command(luolab, folder, fork, results):
    return [luolab, "--state", folder, "run", MATRIX, "--slots", str(SLOTS), "--fork", fork, "--json", results]


def check(results, fork):
    """Every job passed, and started where it was meant to: else the figures mean nothing."""
    with open(results) as file:
        jobs = json.load(file)["jobs"]
    starts = [job["report"]["start"] for job in jobs]
    forked = sum(start != "power-on" for start in starts)
    # While the first slot makes the machine, the others do a job each from power-on.
    wanted = JOBS - (SLOTS - 1) if fork == "auto" else 0
    if len(jobs) != JOBS or any(job["verdict"] != "PASS" for job in jobs) or forked != wanted:
        sys.exit(f"the jobs of --fork {fork}: {[job['verdict'] for job in jobs]}, from {starts}")
    return jobs


def latencies(jobs):
    return [measured["value"] for job in jobs for measured in job["report"]["measurements"] if measured["name"] == "fork.start"]


def fork(pairs, luolab):
    waits = []
    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results.json")
        def run(style):
            seconds = wall_seconds(command(luolab, folder, style, results))
            waits.extend(latencies(check(results, style)))
            return seconds
        # Builds what is not there yet, unmeasured.
        subprocess.run(command(luolab, folder, "auto", results), stdin=subprocess.DEVNULL, capture_output=True, check=False)
        walls = in_turn(lambda: run("auto"), lambda: run("never"), pairs)
    ratios = [mine / other for mine, other in walls]
    slowest = max(waits)
    return [entry("fork", statistics.median(mine for mine, _ in walls), "s",
                  f"the same {JOBS} jobs each from power-on, {SLOTS} slots", ratios,
                  "median ratio at most 0.6", statistics.median(ratios) <= 0.6),
            entry("fork.start", statistics.median(waits), "s", f"0.2 s; from asked to running, the slowest took {slowest:.3f} s",
                  [wait / 0.2 for wait in waits], "at most 0.2 s", slowest <= 0.2)]
