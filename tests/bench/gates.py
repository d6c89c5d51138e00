# SPDX-License-Identifier: Apache-2.0
"""What the gate says of patches about which the answer is known."""
import collections
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

from measure import entry
from neutral_series import neutral_patch, patch_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LATENCY = ROOT / "scenarios" / "gate" / "latency.yaml"
MEMFD = "mm/memfd_luo.c"
ERROR_RATE = 0.05


def source_tree(luolab):
    """The unpatched source of linux-7.3, in the cache."""
    subprocess.run([luolab, "kernel", "fetch", "linux-7.3"], check=True, capture_output=True)
    bases = pathlib.Path(os.environ["LUOLAB_CACHE"]) / "bases"
    return max(bases.glob("*linux-source-7.3-*/tree"), key=lambda tree: tree.stat().st_mtime)


def gate(luolab, state, name, text, *flags):
    """The report of a gate of one patch."""
    with tempfile.TemporaryDirectory() as folder:
        patch, report = pathlib.Path(folder) / f"{name}.patch", pathlib.Path(folder) / "gate.json"
        patch.write_text(text)
        done = subprocess.run([luolab, "--state", state, "gate", "--series", patch, "--slots", "2", "--json", report, *flags],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if not report.exists():
            sys.exit(f"luolab gate failed with {done.returncode}:\n{done.stderr}")
        return json.loads(report.read_text())


def told(report):
    """One line for whoever watches."""
    tests = collections.Counter(test["standing"] for test in report["tests"])
    phases = [f"{phase['phase']} {phase['outcome']} {100 * phase['shift']:+.1f} %" for phase in report["phases"]]
    said = ["changes nothing"] if report["changes_nothing"] else [f"{count} {standing}" for standing, count in tests.items()] + phases
    return f"{report['answer']}, {report['wall_seconds']:.0f} s: {', '.join(said)}"


def neutral(times, luolab):
    """Gates of patches that keep what the kernel does: whoever is refused was refused wrongly."""
    tree = source_tree(luolab)
    failed, slower, unknown, walls = [], [], [], []
    with tempfile.TemporaryDirectory() as state:
        for number in range(times):
            name, text = neutral_patch(tree, number)
            report = gate(luolab, state, name, text)
            print(f"  {name}: {told(report)}", file=sys.stderr, flush=True)
            failed += [name for test in report["tests"] if test["standing"] in ("regression", "flaky")]
            slower += [name for phase in report["phases"] if phase["outcome"] == "slower" and phase["shift"] >= phase["matters"]]
            unknown += [name] if report["answer"] in ("lab_trouble", "does_not_apply") else []
            if not report["changes_nothing"]:
                walls.append(report["wall_seconds"])
    refused = len(set(slower)) / times
    return [entry("neutral.correctness", len(failed), "", f"{times} gates of neutral patches, {times - len(walls)} of which change nothing",
                  [len(failed) / times], "none refused", not failed),
            entry("neutral.latency", len(set(slower)), "", f"gates with a phase called slower of {times}", [refused], f"share at most {ERROR_RATE}",
                  refused <= ERROR_RATE),
            entry("neutral.known", times - len(unknown), "", f"gates of {times} that know of the kernel", [1 - len(unknown) / times], "all",
                  not unknown)]


def delayed(tree, every):
    """preserve of memfds waits a microsecond at every so many folios, a power of two."""
    old = (tree / MEMFD).read_text().splitlines()
    new = list(old)
    at = next(number for number, line in enumerate(new) if line.strip() == "pfolio->pfn = folio_pfn(folio);")
    new[at:at] = [f"\t\tif (!(i & {every - 1}))", "\t\t\tudelay(1);"]
    new.insert(new.index("#include <linux/bits.h>") + 1, "#include <linux/delay.h>")
    return patch_of("delayed", MEMFD, old, new, f"Wrong on purpose: a microsecond more at every folio of {every}.")


def slower(percent, luolab):
    """A delay that makes preserve so much slower: found, or the number of boots that would find it."""
    tree = source_tree(luolab)
    with tempfile.TemporaryDirectory() as state:
        def preserve(name, every):
            report = gate(luolab, state, name, delayed(tree, every), "--suite", LATENCY)
            print(f"  {name}: {told(report)}", file=sys.stderr, flush=True)
            return next(phase for phase in report["phases"] if phase["phase"] == "preserve")
        # What a microsecond costs in an emulated machine is measured, not assumed.
        whole = preserve("delayed-at-each-folio", 1)["shift"]
        every = 1 << max(0, round(math.log2(100 * whole / percent)))
        found = preserve(f"delayed-at-one-of-{every}", every)
    print(f"  {found['sentence']}", file=sys.stderr)
    meant = 100 * whole / every
    honest = found["outcome"] == "slower" or (found["outcome"] == "inconclusive" and found["boots_needed"] > 0)
    return [entry("slower", 100 * found["shift"], "%", f"preserve with a microsecond at one folio of {every}, meant to be {meant:.1f} %: {found['outcome']}",
                  [found["shift"] * 100 / meant], "found, or the boots that would", honest)]
