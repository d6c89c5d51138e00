# SPDX-License-Identifier: Apache-2.0
"""What the gate says of patches about which the answer is known."""
import collections
import json
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


def at_each_folio(tree):
    """preserve of memfds waits a microsecond at every folio."""
    old = (tree / MEMFD).read_text().splitlines()
    new = list(old)
    at = next(number for number, line in enumerate(new) if line.strip() == "pfolio->pfn = folio_pfn(folio);")
    new[at:at] = ["\t\tudelay(1);"]
    return delayed(old, new, "a microsecond more at every folio")


def at_boot(tree, milliseconds):
    """Every kernel takes so much longer to come up, and with it the blackout."""
    old = (tree / MEMFD).read_text().splitlines()
    new = list(old)
    at = next(number for number, line in enumerate(new) if line.strip() == "int err = liveupdate_register_file_handler(&memfd_luo_handler);")
    new[at + 1:at + 1] = ["", f"\tmdelay({milliseconds});"]
    return delayed(old, new, f"{milliseconds} ms more until memfds can be retrieved")


def delayed(old, new, what):
    new.insert(new.index("#include <linux/bits.h>") + 1, "#include <linux/delay.h>")
    return patch_of("delayed", MEMFD, old, new, f"Wrong on purpose: {what}.")


def slower(percent, luolab):
    """A page that costs a microsecond more in preserve, and a blackout that is so many percent longer: found, or the
    number of boots that would find it."""
    tree = source_tree(luolab)
    with tempfile.TemporaryDirectory() as state:
        def ask(name, text):
            report = gate(luolab, state, name, text, "--suite", LATENCY)
            print(f"  {name}: {told(report)}", file=sys.stderr, flush=True)
            return {phase["phase"]: phase for phase in report["phases"]}
        first = ask("delayed-at-each-folio", at_each_folio(tree))
        blackout = first["blackout"]["baseline_median"]  # what it takes here is measured, not assumed
        milliseconds = max(1, round(1000 * blackout * percent / 100))
        found = ask(f"delayed-by-{milliseconds}-ms", at_boot(tree, milliseconds))["blackout"]
    page = first["preserve"]
    for phase in (page, found):
        print(f"  {phase['sentence']}", file=sys.stderr)
    meant = milliseconds / 1000 / blackout
    honest = found["outcome"] == "slower" or (found["outcome"] == "inconclusive" and found["boots_needed"] > 0)
    return [entry("slower.page", 100 * page["shift"], "%", f"preserve with a microsecond at every folio: {page['outcome']}",
                  [page["shift"]], "found", page["outcome"] == "slower"),
            entry("slower.blackout", 100 * found["shift"], "%",
                  f"a blackout meant to be {100 * meant:.1f} % longer, by {milliseconds} ms: {found['outcome']}",
                  [found["shift"] / meant], "found, or the boots that would", honest)]
