# SPDX-License-Identifier: Apache-2.0
"""Trouble made for real on a machine that is reached over SSH, again and again: the right verdict, and the machine
home and clean, each time. What is right is said by the tests that are repeated (tests/kernel/recovery_test.cpp)."""
import os
import pathlib
import re
import subprocess
import sys

from measure import entry

PROGRAM = "tests/kernel/recovery_tests"


def kinds(program):
    listed = subprocess.run([program, "--gtest_list_tests", "--gtest_filter=RecoveryOverSsh.*"], check=True, capture_output=True,
                            text=True).stdout
    return [line.strip() for line in listed.splitlines() if line.startswith("  ")]


def recovery(times, luolab):
    """`times` of each kind of trouble."""
    program = pathlib.Path(luolab).parent.parent / PROGRAM
    if not program.exists():
        sys.exit(f"{program} is not built: ninja -C {program.parents[2]} {PROGRAM}")
    entries = []
    for kind in kinds(program):
        done = subprocess.run([program, f"--gtest_filter=RecoveryOverSsh.{kind}", f"--gtest_repeat={times}"],
                              cwd=program.parent, env=os.environ, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        right = len(re.findall(r"^\[       OK \]", done.stdout, re.MULTILINE))
        if right < times:
            print("\n".join(line for line in done.stdout.splitlines() if not line.startswith("[")), file=sys.stderr)
        print(f"  {kind}: {right} of {times}", file=sys.stderr)
        entries.append(entry(f"recovery.{kind}", right, "", f"of {times}", [right / times], "each time", right == times))
    return entries
