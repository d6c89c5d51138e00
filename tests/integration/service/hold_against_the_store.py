# SPDX-License-Identifier: Apache-2.0
"""What `./lab bench crash` and `./lab bench outage` do at length, in a few seconds.
hold_against_the_store.py controller-kills|worker-kills|outages LUOLAB"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
from crash import kill_controller, kill_workers  # noqa: E402
from outage import outages  # noqa: E402

KILLS, RUNS, SEED = 10, 50, 7
OUTAGE_SECONDS = 5


def killing(strike, luolab):
    made, flaws, runs, jobs, _ = strike(luolab, KILLS, RUNS, SEED)
    print(f"{made} kills, {runs} runs, {jobs} jobs")
    if made < KILLS // 2:
        flaws.append(f"all had ended after {made} kills of {KILLS}")
    if runs != RUNS:
        flaws.append(f"{runs} runs were acknowledged, not {RUNS}")
    return flaws


def in_trouble(luolab):
    return [f"{entry['name']}: {entry['figure']} flaws" for entry in outages(OUTAGE_SECONDS, luolab) if not entry["met"]]


def main():
    what, luolab = sys.argv[1:]
    flaws = {"controller-kills": lambda: killing(kill_controller, luolab),
             "worker-kills": lambda: killing(kill_workers, luolab),
             "outages": lambda: in_trouble(luolab)}[what]()
    print("\n".join(flaws))
    sys.exit(1 if flaws else 0)


main()
