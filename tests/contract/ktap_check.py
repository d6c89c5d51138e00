#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lets the kernel's own parser (tools/testing/kunit/kunit_parser.py) read a KTAP file.
Usage: ktap_check.py FOLDER FILE FAILURES, where a kernel's source lies below FOLDER. Ends with 1 where the parser finds
an error in the form, or another number of failed tests."""
import contextlib
import io
import pathlib
import sys


def main():
    folder, file, failures = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    found = sorted(folder.glob("**/tools/testing/kunit/kunit_parser.py"))
    if not found:
        sys.exit(f"no kernel source with tools/testing/kunit below {folder}")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(found[0].parent))
    import kunit_parser
    import kunit_printer
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        lines = pathlib.Path(file).read_text().splitlines()
        try:
            test = kunit_parser.parse_run_tests(lines, kunit_printer.Printer())
        except TypeError:  # older ones print by themselves
            test = kunit_parser.parse_run_tests(lines)
    counts = test.counts
    if counts.errors or counts.failed != failures or not counts.passed:
        sys.exit(f"{said.getvalue()[-3000:]}\nerrors {counts.errors}, failed {counts.failed} of {failures}, passed {counts.passed}")


main()
