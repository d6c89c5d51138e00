#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A machine that luolab does not own: a QEMU guest with a home system of its own, reached over SSH.

  foreign_machine.py run FOLDER --kernel IMAGE [--module FILE]... [--port N] [--memory 1G] [--proxy] [--disk 64M]
  foreign_machine.py on|off|cycle|status|cut|mend|kill FOLDER

`run` makes the home system (BusyBox, Dropbear, OpenSSH's sftp-server), starts the guest, prints "port N" and serves
the other commands until its standard input ends; the guest goes with it. FOLDER then has the keys (client_key,
host_key.pub), the serial console (console.log) and the socket of the commands. It knows nothing of luolab.
"""
import argparse
import ctypes
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time

MAC = "52:54:00:ab:cd:01"
INIT = """#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t debugfs debugfs /sys/kernel/debug
for module in /modules/*; do [ -f $module ] && insmod $module; done
mkdir -p /var/tmp /run /tmp; mount -t tmpfs -o size=DISK,mode=1777 disk /var/tmp
ip link set lo up; ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up; ip route add default via 10.0.2.2
echo "home: SSH starts" > /dev/kmsg
while true; do /usr/sbin/dropbear -F -s -j -k -r /etc/dropbear/host_key -p 22; sleep 1; done
"""


def need(program, package):
    for folder in ("/usr/bin", "/usr/sbin", "/bin", "/usr/lib/openssh"):
        path = os.path.join(folder, program)
        if os.path.exists(path):
            return path
    sys.exit(f"{program} is missing: apt-get install {package}")


def cpio(entries):
    out = bytearray()
    for inode, (path, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")], 1):
        name = path.encode() + b"\0"
        device = (5, 1) if mode & 0o170000 == 0o020000 else (0, 0)
        fields = [inode, mode, OWNERS.get(path, 0), OWNERS.get(path, 0), 1, 0, len(data), 0, 0, *device, len(name), 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return bytes(out)


OWNERS = {"home/visitor": 1000, "home/visitor/.ssh": 1000, "home/visitor/.ssh/authorized_keys": 1000}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def libraries(program):
    found = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return set(re.findall(r"(/\S+)", found))


def home_system(folder, disk, modules, generations):
    dropbear, sftp = need("dropbear", "dropbear-bin"), need("sftp-server", "openssh-sftp-server")
    busybox = need("busybox", "busybox-static")
    # A small kernel starts no scripts, so init is BusyBox's.
    files = {"start": (INIT.replace("DISK", disk).encode(), 0o755),
             "etc/inittab": (b"::sysinit:/bin/sh /start\n", 0o644), "bin/busybox": (read(busybox), 0o755),
             "usr/sbin/dropbear": (read(dropbear), 0o755), "usr/lib/sftp-server": (read(sftp), 0o755),
             "etc/dropbear/host_key": (read(folder + "/host_key"), 0o600),
             "etc/passwd": (b"root:x:0:0::/root:/bin/sh\nvisitor:x:1000:1000::/home/visitor:/bin/sh\n", 0o644),
             "etc/group": (b"root:x:0:\nvisitor:x:1000:\n", 0o644), "etc/shells": (b"/bin/sh\n", 0o644),
             "root/.ssh/authorized_keys": (read(folder + "/client_key.pub"), 0o600),
             "home/visitor/.ssh/authorized_keys": (read(folder + "/client_key.pub"), 0o600)}
    for place, module in enumerate(modules):
        files[f"modules/{place:02}"] = (read(module), 0o644)
    for library in libraries(dropbear) | libraries(sftp):
        files[library.lstrip("/")] = (read(library), 0o755)
    folders = {"dev": 0o755, "proc": 0o755, "sys": 0o755, "usr/bin": 0o755, "sbin": 0o755, "boot": 0o755}
    for path in files:
        parts = path.split("/")[:-1]
        for end in range(1, len(parts) + 1):
            private = parts[:end][-1] in ("root", ".ssh", "visitor")
            folders["/".join(parts[:end])] = 0o700 if private else 0o755
    for path in list(folders):
        parts = path.split("/")
        for end in range(1, len(parts)):
            folders.setdefault("/".join(parts[:end]), 0o755)
    entries = [(path, 0o040000 | mode, b"") for path, mode in sorted(folders.items())]
    entries.append(("dev/console", 0o020600, b""))
    entries += [(path, 0o100000 | mode, data) for path, (data, mode) in sorted(files.items())]
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True).stdout.split()
    entries.append(("init", 0o120777, b"/bin/busybox"))
    entries += [("bin/" + name, 0o120777, b"busybox") for name in applets if name != "busybox"]
    archive = cpio(entries)
    for _ in range(generations):
        archive = cpio(entries + [("boot/initrd", 0o100600, archive)])
    with open(folder + "/home.cpio", "wb") as file:
        file.write(archive)


def make_keys(folder):
    if os.path.exists(folder + "/host_key.pub"):
        return
    keygen, dropbearkey = need("ssh-keygen", "openssh-client"), need("dropbearkey", "dropbear-bin")
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", "client", "-f", folder + "/client_key"], check=True)
    made = subprocess.run([dropbearkey, "-t", "ed25519", "-f", folder + "/host_key"], check=True, capture_output=True,
                          text=True).stdout
    key = next(line for line in made.splitlines() if line.startswith("ssh-ed25519"))
    with open(folder + "/host_key.pub", "w") as file:
        file.write(" ".join(key.split()[:2]) + "\n")


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Proxy:
    """Passes TCP on, or, while it is cut, swallows everything without closing anything."""

    def __init__(self, port, onward):
        self.onward, self.is_cut = onward, False
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        while self.is_cut:
            time.sleep(0.2)
        try:
            with near, socket.create_connection(("127.0.0.1", self.onward)) as far:
                while True:
                    ready, _, _ = select.select([near, far], [], [], 0.2)
                    for source in [] if self.is_cut else ready:
                        data = source.recv(65536)
                        if not data:
                            return
                        (far if source is near else near).sendall(data)
                    if self.is_cut and ready:
                        time.sleep(0.2)
        except OSError:
            pass


class Machine:
    def __init__(self, options):
        self.options, self.process = options, None
        self.guest_port = free_port() if options.proxy else options.port
        self.proxy = Proxy(options.port, self.guest_port) if options.proxy else None

    def on(self):
        if self.process and self.process.poll() is None:
            return "on"
        o = self.options
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", str(o.cpus), "-m", o.memory, "-machine",
             "q35,usb=off,smbus=off,sata=off,i8042=off,graphics=off,hpet=on", "-nodefaults", "-no-user-config", "-display", "none",
             "-bios", "qboot.rom", "-chardev", f"file,id=console,path={o.folder}/console.log,append=on",
             "-serial", "chardev:console", "-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{self.guest_port}-:22",
             "-device", f"virtio-net-pci,netdev=net,mac={MAC},romfile=",
             "-qmp", f"unix:{o.folder}/monitor,server=on,wait=off",
             "-kernel", o.kernel, "-initrd", o.folder + "/home.cpio", "-append",
             f"console=ttyS0 panic=-1 loglevel=6 no_timer_check {o.append}"], preexec_fn=die_with_parent, stdin=subprocess.DEVNULL)
        return "on"

    def off(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        return "off"

    def command(self, word):
        if word == "status":
            return "on" if self.process and self.process.poll() is None else "off"
        if word == "cycle":
            self.off()
            return self.on()
        if word in ("off", "kill"):
            return self.off()
        if word in ("cut", "mend") and self.proxy:
            self.proxy.is_cut = word == "cut"
            return word
        return self.on() if word == "on" else f"unknown command {word}"


def run(options):
    os.makedirs(options.folder, exist_ok=True)
    make_keys(options.folder)
    home_system(options.folder, options.disk, options.module, options.own_initrd)
    options.port = options.port or free_port()
    machine = Machine(options)
    path = options.folder + "/control"
    if os.path.exists(path):
        os.unlink(path)
    control = socket.socket(socket.AF_UNIX)
    control.bind(path)
    control.listen()
    open(options.folder + "/console.log", "ab").close()
    machine.on()
    print(f"port {options.port}", flush=True)
    while True:
        ready, _, _ = select.select([control, 0], [], [])
        if 0 in ready and not os.read(0, 4096):
            machine.off()
            return
        if control in ready:
            peer, _ = control.accept()
            with peer:
                peer.sendall(machine.command(peer.recv(64).decode().strip()).encode())


def ask(word, folder):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(folder + "/control")
        control.sendall(word.encode())
        answer = control.recv(64).decode()
    print(answer)
    if answer.startswith("unknown"):
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command")
    parser.add_argument("folder")
    parser.add_argument("--kernel")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--memory", default="1G")
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--disk", default="256M")
    parser.add_argument("--module", action="append", default=[], help="of the kernel, in the order of loading")
    parser.add_argument("--own-initrd", type=int, default=0, metavar="N", help="/boot/initrd is this system, which has one too: N times")
    parser.add_argument("--append", default="")
    parser.add_argument("--proxy", action="store_true")
    options = parser.parse_args()
    run(options) if options.command == "run" else ask(options.command, options.folder)


main()
