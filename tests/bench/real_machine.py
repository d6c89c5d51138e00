# SPDX-License-Identifier: Apache-2.0
"""Live updates on a guest that luolab does not own and reaches over SSH: how many pass, and what a hop costs beyond
the same in luolab's own QEMU."""
import collections
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

from measure import entry

HERE = pathlib.Path(__file__).resolve().parent
MACHINE = HERE.parent / "kernel" / "foreign_machine.py"
SCENARIO = HERE / "real-machine.yaml"
MANY_HOPS = 3
MOST_SECONDS = 1.5
SERVER_LISTENS = re.compile(r"the SSH server listens after (\d+) ms")  # kSshStartedMark of core/wire/agent_wire.h


def kernel_of(luolab):
    series = HERE.parent.parent / "kernel-patches" / "series" / "phase-stamps"
    return subprocess.run([luolab, "kernel", "build", "--base", "linux-7.3", "--series", series, "--fragment", "services",
                           "--print", "path"], check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def machine(folder, kernel):
    """The targets file of a machine that runs."""
    guest = subprocess.Popen([sys.executable, MACHINE, "run", folder, "--kernel", kernel], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    try:
        port = int(guest.stdout.readline().split()[1])
        key = pathlib.Path(folder, "host_key.pub").read_text().strip()
        keeper = {word: f"{sys.executable} {MACHINE} {word} {folder}" for word in ("on", "off", "cycle", "status")}
        targets = pathlib.Path(folder, "targets.yaml")
        targets.write_text(json.dumps({"targets": [{
            "name": "guest", "host": "127.0.0.1", "port": port, "key": f"{folder}/client_key", "host_key": key,
            "home": {"within": "90s"}, "power": keeper,
            "console": {"command": f"tail -n 0 -F {folder}/console.log 2>/dev/null"}}]}))
        yield targets
    finally:
        guest.stdin.close()
        guest.wait()


def run(luolab, state, hops, repeat, *flags):
    """The jobs' verdicts, reasons and wall seconds."""
    results = os.path.join(state, "results.json")
    scenario = os.path.join(state, "scenario.yaml")
    text = SCENARIO.read_text().replace("hops: 1\n", f"hops: {hops}\n")
    pathlib.Path(scenario).write_text(text)
    done = subprocess.run([luolab, "--state", state, "run", scenario, "--slots", "1", "--fork", "never", "--repeat",
                           str(repeat), "--json", results, *flags],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if not os.path.exists(results):
        sys.exit(f"luolab run ended with {done.returncode}:\n{done.stderr}")
    with open(results) as file:
        jobs = json.load(file)["jobs"]
    os.unlink(results)
    return jobs


def hop_seconds(jobs):
    """The median of all hops, each from the loading of the incoming kernel until the sessions are finished there."""
    walls = []
    for job in jobs:
        phases = job["report"]["phases"]
        for hop in range(MANY_HOPS):
            of_hop = [phase for phase in phases if phase["hop"] == hop]
            begun = min(phase["start_ns"] for phase in of_hop if phase["name"] == "load")
            walls.append(max(phase["end_ns"] for phase in of_hop if phase["name"] == "finish") - begun)
    return statistics.median(walls) / 1e9


def seconds_of(job):
    return job["report"]["wall_ns"] / 1e9


def server_start_seconds(console):
    """What our initramfs says on the console of the machine: the median of its boots."""
    said = SERVER_LISTENS.findall(pathlib.Path(console).read_text(errors="replace"))
    if not said:
        sys.exit(f"{console}: no kernel there said when its SSH server listened")
    return statistics.median(int(milliseconds) for milliseconds in said) / 1000


def real_machine(rounds, luolab):
    kernel = kernel_of(luolab)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as state:
        with machine(folder, kernel) as targets:
            there = ("--targets-file", str(targets), "--on", "guest")
            in_a_row = run(luolab, state, 1, rounds, *there)
            for job in in_a_row:
                print(f"  {job['title']}: {job['verdict']} after {seconds_of(job):.1f} s: {job['reason']}", file=sys.stderr)
            samples = max(3, rounds // 10)
            hop = {}
            for where, flags in (("ssh", there), ("qemu", ())):
                jobs = run(luolab, state, MANY_HOPS, samples, *flags)
                if any(job["verdict"] != "PASS" for job in jobs):
                    sys.exit(f"{where}: {[(job['verdict'], job['reason']) for job in jobs]}")
                hop[where] = hop_seconds(jobs)
            server = server_start_seconds(os.path.join(folder, "console.log"))
    # An attempt that was made again counts as what it came to first.
    counts = collections.Counter(job["verdict"] if job["attempts"] == 1 else "MISS" for job in in_a_row)
    added = hop["ssh"] - hop["qemu"] - server
    print(f"  a hop: {hop['ssh']:.2f} s over SSH, {server:.2f} s of them the guest's network and SSH server; "
          f"{hop['qemu']:.2f} s in QEMU", file=sys.stderr)
    share = counts["PASS"] / len(in_a_row)
    return [entry("real-machine", share, "", f"{dict(counts)} of {len(in_a_row)} in a row over SSH", [share],
                  "all PASS, no MISS", share == 1),
            entry("real-machine.hop", added, "s", f"the same hop in QEMU over virtio-serial, {hop['qemu']:.3f} s, and the "
                  f"guest's start of network and SSH server, {server:.3f} s", [hop["ssh"] / hop["qemu"]],
                  f"at most {MOST_SECONDS} s more than both", added <= MOST_SECONDS)]
