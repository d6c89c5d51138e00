# SPDX-License-Identifier: Apache-2.0
"""Pairs of runs in turn, and what they say about a bar. The machine's speed drifts, so only ratios
of neighbours in time are compared."""
import statistics
import subprocess
import sys
import time


def wall_seconds(command, env=None):
    """One run of a command, its output kept for the case that it fails."""
    start = time.monotonic()
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    took = time.monotonic() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def in_turn(ours, theirs, pairs, progress=True):
    """Calls both, alternating which goes first; the list of (ours, theirs)."""
    results = []
    for number in range(pairs):
        if number % 2 == 0:
            mine, other = ours(), theirs()
        else:
            other, mine = theirs(), ours()
        results.append((mine, other))
        if progress:
            print(f"  pair {number + 1} of {pairs}: {mine:.3f} against {other:.3f}, ratio {mine / other:.3f}", file=sys.stderr)
    return results


def entry(name, figure, unit, against, ratios, bar, met):
    """One bar, in the form that `./lab bench --json` writes."""
    return {
        "name": name, "figure": round(figure, 6), "unit": unit, "against": against,
        "ratio": {"median": round(statistics.median(ratios), 4), "min": round(min(ratios), 4),
                  "max": round(max(ratios), 4), "n": len(ratios)},
        "bar": bar, "met": met,
    }
