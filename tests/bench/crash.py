# SPDX-License-Identifier: Apache-2.0
"""kill -9 again and again, of the controller or of workers, while runs are submitted and completed: nothing that was
acknowledged may be lost, nothing done twice, and every job ends."""
import json
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from measure import entry
from service import TINY, Controller, simulator_of

FLAGS = ("--heartbeat", 1, "--lease", 3, "--rate", 0, "--most-misses", 100)


def acknowledged(journals):
    """Runs and their numbers of jobs, and attempts whose reports were taken, as the clients were told."""
    runs, done = {}, []
    for journal in journals:
        for line in journal.read_text().splitlines():
            words = line.split()
            if words[0] == "run":
                runs[int(words[1])] = int(words[2])
            elif words[0] == "done":
                done.append(int(words[1].lstrip("a")))
    return runs, done


def flaws_of(state, journals):
    """What the store does not say that it should."""
    runs, done = acknowledged(journals)
    store = sqlite3.connect(f"file:{state}/luolab.db?mode=ro", uri=True)
    jobs = dict(store.execute("SELECT run, count(*) FROM jobs GROUP BY run"))
    flaws = [f"run {run} was acknowledged with {count} jobs and has {jobs.get(run, 0)}"
             for run, count in runs.items() if jobs.get(run, 0) != count]
    taken = {row[0] for row in store.execute("SELECT id FROM attempts WHERE state = 'done'")}
    flaws += [f"the report of attempt {attempt} was acknowledged and is not there" for attempt in done if attempt not in taken]
    flaws += [f"job {job} was done {count} times" for job, count in store.execute(
        "SELECT job, count(*) FROM attempts WHERE state = 'done' AND verdict = 'PASS' GROUP BY job HAVING count(*) > 1")]
    flaws += [f"job {job} has not ended: {state}" for job, state in store.execute(
        "SELECT id, state FROM jobs WHERE state NOT IN ('done', 'canceled')")]
    flaws += [f"job {job} ended in {verdict}: {reason}" for job, verdict, reason in store.execute(
        "SELECT id, verdict, reason FROM jobs WHERE verdict <> 'PASS'")]
    return flaws, len(runs), sum(runs.values())


def fleet(luolab, port, journal, name, *flags):
    return subprocess.Popen([simulator_of(luolab), "--port", str(port), "--scenario", TINY, "--journal", journal,
                             "--name", name, "--heartbeat", "0.5", *map(str, flags)],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_controller(luolab, kills, runs, seed):
    """The controller is killed at instants that are drawn over the life of a run of the whole."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        state, journal = pathlib.Path(folder) / "state", pathlib.Path(folder) / "journal"
        with Controller(luolab, state, *FLAGS) as controller:
            work = fleet(luolab, controller.port, journal, "sim", "--workers", 50, "--job", "0.2", "--runs", runs,
                         "--run-jobs", 5, "--pace", kills * 0.5 / runs)
            made = 0
            while made < kills and work.poll() is None:
                time.sleep(draw.uniform(0.005, 0.6))  # some while it still starts
                controller.kill()
                controller.launch()
                made += 1
                print(f"\r  killed the controller {made} times", end="", file=sys.stderr)
            print(file=sys.stderr)
            out, err = work.communicate(timeout=600)
            if work.returncode not in (0, 1):
                sys.exit(f"the simulated fleet ended with {work.returncode}: {err}")
        flaws, submitted, jobs = flaws_of(state, [journal])
    return made, flaws, submitted, jobs, json.loads(out)


def kill_workers(luolab, kills, runs, seed):
    """Processes of ten workers each are killed; others take over what they had."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        state = folder / "state"
        with Controller(luolab, state, *FLAGS) as controller:
            journals = [folder / "journal"]
            work = fleet(luolab, controller.port, journals[0], "steady", "--workers", 10, "--job", "0.1", "--runs", runs,
                         "--run-jobs", 5, "--pace", kills * 0.45 / runs)
            made, victims = 0, []
            while made < kills and work.poll() is None:
                while len(victims) < 3:
                    journals.append(folder / f"journal-{made}-{len(victims)}")
                    victims.append(fleet(luolab, controller.port, journals[-1], f"v{made}-{len(victims)}", "--workers", 10,
                                         "--job", "0.2", "--seconds", 600))
                time.sleep(draw.uniform(0.02, 0.5))
                victim = victims.pop(draw.randrange(len(victims)))
                victim.send_signal(signal.SIGKILL)
                victim.communicate()
                made += 1
                print(f"\r  killed {made} processes of ten workers", end="", file=sys.stderr)
            print(file=sys.stderr)
            for victim in victims:
                victim.send_signal(signal.SIGKILL)
                victim.communicate()
            out, err = work.communicate(timeout=600)
            if work.returncode not in (0, 1):
                sys.exit(f"the simulated fleet ended with {work.returncode}: {err}")
        flaws, submitted, jobs = flaws_of(state, [journal for journal in journals if journal.exists()])
    return made, flaws, submitted, jobs, json.loads(out)


def crash(kills, luolab, runs=None, seed=1):
    entries = []
    for name, strike in (("crash.controller", kill_controller), ("crash.workers", kill_workers)):
        made, flaws, submitted, jobs, _ = strike(luolab, kills, runs or 5 * kills, seed)
        for flaw in flaws[:10]:
            print(f"  {flaw}", file=sys.stderr)
        entries.append(entry(name, len(flaws), "flaws", f"{made} kills, {submitted} runs, {jobs} jobs, seed {seed}",
                             [len(flaws)], "none", not flaws and made == kills))
    return entries
