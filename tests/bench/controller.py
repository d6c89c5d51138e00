# SPDX-License-Identifier: Apache-2.0
"""What one controller carries: completions, waits, connected workers, and what others do here."""
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from measure import entry
from slurm import is_there as slurm_is_there, slurm
from service import Controller, allow_descriptors, free_port, simulate

WORKERS = 1000
SECONDS = 60
JOB_SECONDS = 0.42  # 1000 workers would complete 2380 a second if asking and reporting took no time
MANY_WORKERS = 10000


def single(name, figure, unit, against, bar, ratio, met):
    return entry(name, figure, unit, against, [ratio], bar, met)


def throughput(luolab):
    with tempfile.TemporaryDirectory() as state, Controller(luolab, state, "--rate", 0) as controller:
        seen = simulate(luolab, controller.port, "--workers", WORKERS, "--feed", 5000, "--feed-jobs", 50, "--job", JOB_SECONDS,
                        "--warm-up", 10, "--seconds", SECONDS)
    rate = seen["completions_per_second"]
    lease = seen["lease_ms"]
    if seen["jobs_done_twice"] or seen["errors"]:
        sys.exit(f"completions: {seen['jobs_done_twice']} done twice, errors {seen['errors']}")
    print(f"  {WORKERS} workers, {SECONDS} s: lease p50 {lease['p50']:.1f} p99 {lease['p99']:.1f} ms, "
          f"report p50 {seen['report_ms']['p50']:.1f} p99 {seen['report_ms']['p99']:.1f} ms, slowest second {min(seen['per_second'])}", file=sys.stderr)
    return [single("completions", rate, "/s", f"2000/s; {WORKERS} workers for {SECONDS} s, each durable", "at least 2000/s",
                   rate / 2000, rate >= 2000),
            single("lease.p99", lease["p99"] / 1000, "s", "0.1 s; under that load", "at most 0.1 s", lease["p99"] / 100,
                   lease["p99"] <= 100)]


def dispatch(luolab):
    with tempfile.TemporaryDirectory() as state, Controller(luolab, state, "--rate", 0) as controller:
        seen = simulate(luolab, controller.port, "--workers", 10, "--probes", 200)["dispatch_ms"]
    return [single("dispatch.p50", seen["p50"] / 1000, "s",
                   f"0.01 s; acknowledged -> at a worker, n={seen['n']}, p99 {seen['p99']:.1f} ms", "at most 0.01 s",
                   seen["p50"] / 10, seen["p50"] <= 10)]


def connected(luolab):
    workers = min(MANY_WORKERS, (allow_descriptors() - 200) // 2)
    with tempfile.TemporaryDirectory() as state, Controller(luolab, state) as controller:
        started = time.monotonic()
        seen = simulate(luolab, controller.port, "--workers", workers, "--heartbeat", 10, "--warm-up", 30,
                        "--seconds", SECONDS)
        cores = controller.cpu_seconds() / (time.monotonic() - started)
        peak = controller.peak_bytes() / (1 << 20)
    missed = seen["late_heartbeats"] + seen["lost_heartbeats"] + sum(seen["errors"].values())
    print(f"  {workers} workers: {seen['heartbeats']} heartbeats in {seen['seconds']:.0f} s, {missed} missed {seen['errors']}, "
          f"p99 {seen['heartbeat_ms']['p99']:.1f} ms", file=sys.stderr)
    return [single("workers.cpu", cores, "cores", f"1 core; {workers} workers, heartbeats every 10 s, {missed} missed",
                   "at most 1, none missed", cores, cores <= 1 and missed == 0),
            single("workers.memory", peak, "MiB", "1024 MiB", "at most 1024 MiB", peak / 1024, peak <= 1024)]


def floor():
    """nginx with a static answer of a report's acknowledgement's size: what HTTP alone costs here."""
    missing = [program for program in ("nginx", "wrk") if shutil.which(program) is None]
    if missing:
        print(f"  no HTTP floor: apt-get install {' '.join(missing)}", file=sys.stderr)
        return []
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "nginx.conf"
        config.write_text(f"""worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000; server {{ listen 127.0.0.1:{port};
location / {{ return 200 "{'x' * 256}"; }} }} }}""")
        server = subprocess.Popen(["nginx", "-e", f"{folder}/error.log", "-c", str(config)], stdin=subprocess.DEVNULL)
        try:
            time.sleep(1)
            said = subprocess.run(["wrk", "-t1", f"-c{WORKERS}", "-d10s", f"http://127.0.0.1:{port}/"],
                                  capture_output=True, text=True, check=True).stdout
        finally:
            server.terminate()
            server.wait()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
    return [single("nginx.static", rate, "/s", "the HTTP floor: nginx, one process, a static answer (no bar)", "for comparison", 1, True)]


def others(luolab):
    """What Slurm does here with jobs that do nothing."""
    if not slurm_is_there():
        print("  no Slurm rows: ./lab bench slurm installs it", file=sys.stderr)
        return []
    return slurm(1)


def controller(_, luolab):
    return [*throughput(luolab), *dispatch(luolab), *connected(luolab), *floor(), *others(luolab)]
