# SPDX-License-Identifier: Apache-2.0
"""A controller whose store has a million jobs: how soon it answers, and how long lists and a job's page take."""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from measure import entry
from service import Controller

JOBS = 1_000_000
STARTS, TIMES = 3, 20


def fill(luolab, state):
    bench = pathlib.Path(luolab).resolve().parent.parent / "tests" / "bench" / "store" / "luolab-store-bench"
    subprocess.run([bench, state, str(JOBS)], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


def address_of(path, parameters):
    """With a word for each parameter that must be there (a search's)."""
    needed = [f"{parameter['name']}=memfd" for parameter in parameters if parameter.get("required")]
    return path + ("?" + "&".join(needed) if needed else "")


def addresses(controller):
    """Every list that can be asked for without more, as the document has it, and pages of the newest job."""
    document = json.loads(controller.get("/api/v1/openapi.json"))
    takes = {path: item.get("get", {}).get("parameters", []) for path, item in document["paths"].items() if "{" not in path}
    lists = [address_of(path, parameters) for path, parameters in takes.items()
             if any(parameter["name"] == "cursor" for parameter in parameters)]
    job = json.loads(controller.get("/api/v1/jobs?limit=1"))["items"][0]["id"]
    return lists + [f"/api/v1/jobs/{job}", f"/api/v1/jobs/{job}/why"], len(lists)


def median_time(controller, address):
    times = []
    for _ in range(TIMES):
        began = time.monotonic()
        controller.get(address)
        times.append(time.monotonic() - began)
    return statistics.median(times)


def pages(_, luolab):
    with tempfile.TemporaryDirectory() as state:
        fill(luolab, state)
        starts = []
        for _ in range(STARTS):
            with Controller(luolab, state, "--rate", 0) as controller:
                controller.kill()
                starts.append(controller.start())
        with Controller(luolab, state, "--rate", 0) as controller:
            asked, lists = addresses(controller)
            times = {address: median_time(controller, address) for address in asked}
    for address, seconds in sorted(times.items(), key=lambda item: item[1]):
        print(f"  {1000 * seconds:7.2f} ms {address}", file=sys.stderr)
    slowest = max(times, key=times.get)
    return [entry("start.million", max(starts), "s", f"2 s; the slowest of {STARTS} starts until /readyz, {JOBS} jobs",
                  [start / 2 for start in starts], "at most 2 s", max(starts) <= 2),
            entry("page.million", times[slowest], "s", f"0.05 s; the slowest of {lists} lists and a job's pages: {slowest}",
                  [seconds / 0.05 for seconds in times.values()], "at most 0.05 s", times[slowest] <= 0.05)]
