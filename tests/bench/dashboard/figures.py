# SPDX-License-Identifier: Apache-2.0
"""The dashboard in Chromium without a graphics card, over a controller that ran a real live update."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from measure import entry
from service import Controller

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
DRAW_MS, FRAMES = 200, 30


def measured(script, luolab, *arguments):
    modules = pathlib.Path(luolab).resolve().parent.parent / "web" / "source"
    done = subprocess.run(["node", HERE / script, *arguments], env={**os.environ, "MODULES": str(modules)},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{script} exited with {done.returncode}")
    return json.loads(done.stdout)


def page_map(luolab, url):
    """A million pages drawn as cells of their own, then panned at every zoom."""
    figures = measured("page_map.mjs", luolab, url, "j1")
    draws = figures["draw_ms"]
    print(f"  page map: {figures['shown']}; opened in {max(figures['open_ms']):.0f} ms; drawn in "
          f"{min(draws):.1f} to {max(draws):.1f} ms", file=sys.stderr)
    for zoom, frames in figures["frames"].items():
        print(f"  panned, {zoom}: {frames['per_second']:.1f} frames/s, slowest {frames['slowest_ms']:.0f} ms, "
              f"drawing at most {frames['draw_ms']:.1f} ms", file=sys.stderr)
    slowest = max(draws + figures["open_ms"])
    rates = [frames["per_second"] for frames in figures["frames"].values()]
    return [entry("page-map.draw", slowest, "ms", "1,000,000 pages, read and drawn", [draw / DRAW_MS for draw in draws],
                  f"every time under {DRAW_MS} ms", slowest < DRAW_MS),
            entry("page-map.pan", min(rates), "/s", "frames at the slowest zoom", [rate / FRAMES for rate in rates],
                  f"at least {FRAMES} at every zoom", min(rates) >= FRAMES)]


def dashboard(luolab):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([luolab, "--state", folder, "run", ROOT / "scenarios" / "quickstart.yaml"],
                              stdin=subprocess.DEVNULL, stdout=sys.stderr)
        if done.returncode != 0:
            sys.exit(f"luolab run exited with {done.returncode}")
        with Controller(luolab, folder) as controller:
            return page_map(luolab, f"http://127.0.0.1:{controller.port}")
