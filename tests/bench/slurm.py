# SPDX-License-Identifier: Apache-2.0
"""What Slurm does on this machine with jobs that do nothing: completions a second, and from submitting a job until it
runs. For comparison; no bar. Installs Slurm's packages where they are missing."""
import contextlib
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from measure import entry

PACKAGES = ["slurmctld", "slurmd", "slurm-client", "munge", "slurm-wlm-basic-plugins"]
NODES, CPUS, JOBS, PROBES = 4, 32, 1000, 15
DEADLINE = 300  # seconds


def is_there():
    return all(shutil.which(program) for program in ("slurmctld", "slurmd", "sbatch", "munged"))


def install():
    if is_there():
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    done = subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"Slurm can't be installed here ({' '.join(command)}):\n{done.stderr[-500:]}")


def configuration(base, ports):
    host = socket.gethostname()
    return f"""ClusterName=luolab
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={base}/munge.socket,cred_expire=10
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmctldPidFile={base}/slurmctld.pid
SlurmdPidFile={base}/%n.pid
SlurmctldLogFile={base}/slurmctld.log
SlurmdLogFile={base}/%n.log
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={base}/completed
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_min_interval=1000,sched_interval=1,bf_interval=1,default_queue_depth=1000
""" + "".join(f"NodeName=n{i} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[i]} CPUs={CPUS} RealMemory=4000 State=UNKNOWN\n"
              for i in range(1, NODES + 1)) + f"PartitionName=lab Nodes=n[1-{NODES}] Default=YES MaxTime=INFINITE State=UP\n"


def free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def wait_for(what, holds):
    deadline = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"Slurm: {what} did not come about within {DEADLINE} s")
        time.sleep(0.05)


class Slurm:
    """Four slurmd and a slurmctld in the foreground, which end with this."""

    def __init__(self, base):
        self.base = pathlib.Path(base)
        self.file = self.base / "slurm.conf"
        self.processes = []

    def start(self, *command):
        with open(self.base / "output", "ab") as output:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output))

    def said(self, *command):
        return subprocess.run(command, env={**os.environ, "SLURM_CONF": str(self.file)}, cwd=self.base, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False).stdout

    def submit(self, script, *flags):
        return self.said("sbatch", "--mem=1", "--output=/dev/null", *flags, f"--wrap={script}")

    def completed(self):
        file = self.base / "completed"
        return file.read_text().count("\n") if file.exists() else 0

    def __enter__(self):
        (self.base / "state").mkdir()
        for number in range(1, NODES + 1):
            (self.base / "spool" / f"n{number}").mkdir(parents=True)
        key = self.base / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.file.write_text(configuration(self.base, free_ports(NODES + 1)))
        self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.base}/munge.socket",
                   f"--pid-file={self.base}/munge.pid", f"--log-file={self.base}/munge.log", f"--seed-file={self.base}/munge.seed")
        wait_for("munge", (self.base / "munge.socket").exists)
        self.start("slurmctld", "-D", "-f", str(self.file))
        for number in range(1, NODES + 1):
            self.start("slurmd", "-D", "-f", str(self.file), "-N", f"n{number}")
        wait_for("idle nodes", lambda: self.said("sinfo", "-h", "-t", "idle", "-o", "%D").strip() == str(NODES))
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()


def completions(slurm):
    before, began = slurm.completed(), time.monotonic()
    slurm.submit("true", f"--array=1-{JOBS}")
    wait_for("the end of all jobs", lambda: slurm.completed() - before >= JOBS)
    return JOBS / (time.monotonic() - began)


def start_latency(slurm, number):
    """From the end of sbatch until the job runs."""
    stamp, before = slurm.base / f"started-{number}", slurm.completed()
    slurm.submit(f"date +%s.%N > {stamp}.new; mv {stamp}.new {stamp}")
    submitted = time.time()
    wait_for("a job", lambda: slurm.completed() > before)
    return float(stamp.read_text()) - submitted


def slurm(_):
    install()
    with tempfile.TemporaryDirectory() as base, Slurm(base) as lab:
        delays = [start_latency(lab, number) for number in range(PROBES)]
        rate = completions(lab)
    return [entry("slurm.completions", rate, "/s", f"{JOBS} jobs that do nothing, {NODES} nodes of {CPUS} CPUs", [1], "for comparison", True),
            entry("slurm.start", statistics.median(delays), "s", f"from the end of sbatch until it runs, n={PROBES}, max {max(delays):.2f} s",
                  [1], "for comparison", True)]
