# SPDX-License-Identifier: Apache-2.0
"""A guest with luolab's agent, driven without luolab."""
import json
import os
import subprocess
import sys


def cpio(entries):
    """A newc archive of (path, mode, bytes); a mode with the device bit is /dev/console."""
    out = bytearray()
    for inode, (path, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")], 1):
        name = path.encode() + b"\0"
        device = (5, 1) if mode & 0o170000 == 0o020000 else (0, 0)
        fields = [inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return bytes(out)


def agent_archive(agent):
    with open(agent, "rb") as file:
        program = file.read()
    folders = [(name, 0o040755, b"") for name in ("dev", "proc", "sys", "tmp", "luolab")]
    return cpio(folders + [("dev/console", 0o020600, b""), ("init", 0o100755, program)])


def initramfs(agent, kernel, path):
    """What luolab packs for one hop: the agent, the incoming kernel, and the initramfs that it gets."""
    archive = agent_archive(agent)
    with open(kernel, "rb") as file:
        image = file.read()
    with open(path, "wb") as file:
        file.write(archive + cpio([("luolab/kernel-0", 0o100644, image)]) + cpio([("luolab/initrd", 0o100644, archive)]))


class Guest:
    """One QEMU; `ask` sends a request to the agent and gives the result of its answer."""

    def __init__(self, kernel, initrd, memory="1G"):
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", memory, "-machine", "q35",
             "-nodefaults", "-no-user-config", "-display", "none", "-bios", "qboot.rom", "-no-reboot", "-serial", "null",
             "-device", "virtio-serial-pci", "-chardev", "stdio,id=agent,signal=off",
             "-device", "virtserialport,chardev=agent,name=luolab.agent", "-kernel", kernel, "-initrd", initrd,
             "-append", "kho=on liveupdate=on console=ttyS0 panic=-1 loglevel=6"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.hello = json.loads(self.process.stdout.readline())["hello"]
        self.count = 0

    def ask(self, op, **members):
        self.count += 1
        self.process.stdin.write(json.dumps({"id": self.count, "op": op, **members}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if not answer["ok"]:
            sys.exit(f"the agent refused {op}: {answer['error']}")
        return answer["result"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def agent_of(luolab):
    return os.environ.get("LUOLAB_AGENT") or os.path.join(os.path.dirname(luolab), "..", "agent", "luolab-agent")
