#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel that Debian's release installs on a machine, and what it needs to reach a virtio network: fetched from Debian's
archive once, and kept.

  debian_kernel.py FOLDER

Prints the image's path and then the modules', in the order in which they are loaded.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

META_PACKAGE = "linux-image-amd64"
MODULES = ("drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_modern_dev",
           "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci", "net/core/failover", "drivers/net/net_failover",
           "drivers/net/virtio_net")


def say(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def package():
    """NAME and VERSION of the release's own, the last that the archive's index tells: updates come before it, and with some of
    them (6.1.192-3) a guest hangs in virtnet_poll() now and then."""
    depends = re.findall(r"^Depends: (linux-image-\S+) \(= (\S+)\)", say("apt-cache", "show", META_PACKAGE), re.M)
    return depends[-1]


def fetch(name, version, folder):
    """Whole or not there: whoever is first moves it into place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        say("apt-get", "download", f"{name}={version}", cwd=scratch)
        deb = next(pathlib.Path(scratch).glob("*.deb"))
        say("dpkg-deb", "--extract", str(deb), os.path.join(scratch, "all"))
        kept = pathlib.Path(scratch, "kept")
        kept.mkdir()
        shutil.move(next(pathlib.Path(scratch, "all/boot").glob("vmlinuz-*")), kept / "vmlinuz")
        modules = next(pathlib.Path(scratch, "all/lib/modules").glob("*")) / "kernel"
        for module in MODULES:
            shutil.move(modules / f"{module}.ko", kept)
        try:
            kept.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def main():
    name, version = package()
    folder = pathlib.Path(sys.argv[1], f"{name}_{version}".replace(":", "_"))
    if not folder.is_dir():
        fetch(name, version, folder)
    print(folder / "vmlinuz")
    for module in MODULES:
        print(folder / f"{os.path.basename(module)}.ko")


main()
