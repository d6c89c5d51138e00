# SPDX-License-Identifier: Apache-2.0
"""A real controller and a simulated fleet, for benchmarks."""
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

TINY = pathlib.Path(__file__).resolve().parent / "fleet" / "tiny.yaml"


def allow_descriptors(wanted=65536):
    """How many there may be. Ten thousand workers have two connections each, at both ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), max(hard, wanted)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Controller:
    """`luolab controller` on a free port of loopback; killed when the block is left."""

    def __init__(self, luolab, state, *flags):
        self.command = [luolab, "--state", str(state), "controller", *map(str, flags)]
        self.port = free_port()
        self.log = tempfile.TemporaryFile()
        self.process = None

    def launch(self):
        """Begins to start it, and waits for nothing."""
        self.process = subprocess.Popen([*self.command, "--listen", f"127.0.0.1:{self.port}"],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def start(self):
        """Seconds until it answers /readyz."""
        began = time.monotonic()
        self.launch()
        while True:
            try:
                self.get("/readyz")
                return time.monotonic() - began
            except OSError:
                if self.process.poll() is not None:
                    self.log.seek(0)
                    raise RuntimeError(f"the controller ended: {self.log.read().decode()}") from None
                time.sleep(0.005)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


def simulator_of(luolab):
    return pathlib.Path(luolab).resolve().parent.parent / "tests" / "bench" / "fleet" / "luolab-simulate-fleet"


def simulate(luolab, port, *flags):
    """The figures of a simulated fleet that has ended by itself."""
    done = subprocess.run([simulator_of(luolab), "--port", str(port), "--scenario", TINY, *map(str, flags)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"luolab-simulate-fleet {flags}: {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)
