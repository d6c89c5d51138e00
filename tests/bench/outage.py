# SPDX-License-Identifier: Apache-2.0
"""The disk is full, or another process holds the store, while a fleet submits and works: clients are told so (507, 503),
and all goes on by itself afterwards, with nothing lost."""
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

from crash import FLAGS, flaws_of, fleet
from measure import entry
from service import Controller

SECONDS = 10
DISK = "192m"
ALLOWED = {"full": {"507"}, "locked": {"503"}}


@contextlib.contextmanager
def full(state):
    """No byte is left on the store's disk."""
    ballast = state / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        with contextlib.suppress(OSError):
            while True:
                file.write(b"0")
    yield
    ballast.unlink()


@contextlib.contextmanager
def locked(state):
    """Another writer, which does not end."""
    store = sqlite3.connect(state / "luolab.db", isolation_level=None, timeout=30)
    store.execute("BEGIN IMMEDIATE")
    yield
    store.execute("ROLLBACK")
    store.close()


def outage(luolab, trouble, seconds, folder, journal):
    """What clients were told, and what is wrong afterwards. `journal` is on another disk than the store: what the
    fleet was told must be known whatever happens."""
    state = folder / "state"
    with Controller(luolab, state, *FLAGS) as controller:
        work = fleet(luolab, controller.port, journal, "sim", "--workers", 50, "--job", "0.4", "--runs", 10 * (seconds + 4),
                     "--run-jobs", 10, "--pace", "0.1")
        time.sleep(2)
        with trouble(state):
            time.sleep(seconds)
            controller.get("/healthz")
        out, err = work.communicate(timeout=300)
        if work.returncode not in (0, 1):
            sys.exit(f"the simulated fleet ended with {work.returncode}: {err}")
    errors = json.loads(out)["errors"]
    flaws, _, jobs = flaws_of(state, [journal])
    told = {name.split()[-1] for name in errors}
    flaws += [f"clients were told {word}" for word in told - ALLOWED[trouble.__name__]]
    if not told:
        flaws.append("nobody was told anything")
    return errors, flaws, jobs


def outages(seconds, luolab):
    """Both; in a mount namespace of its own, for a small disk."""
    if os.environ.get("LUOLAB_SMALL_DISK") is None:
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", sys.executable, __file__, luolab, str(seconds)],
                              env={**os.environ, "LUOLAB_SMALL_DISK": "1"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"the outages ended with {done.returncode} (they need user namespaces: unshare --user --mount)")
        return json.loads(done.stdout)
    entries = []
    for trouble in (full, locked):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as notes:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
            try:
                errors, flaws, jobs = outage(luolab, trouble, seconds, pathlib.Path(folder), pathlib.Path(notes) / "journal")
            finally:
                subprocess.run(["umount", "--lazy", folder], check=True)
        print(f"  {trouble.__name__}: clients were told {errors}", file=sys.stderr)
        for flaw in flaws[:10]:
            print(f"  {flaw}", file=sys.stderr)
        entries.append(entry(f"outage.{trouble.__name__}", len(flaws), "flaws", f"{seconds} s, {jobs} jobs, {sum(errors.values())} refusals",
                             [len(flaws)], "none", not flaws))
    return entries


if __name__ == "__main__":
    print(json.dumps(outages(int(sys.argv[2]), sys.argv[1])))
