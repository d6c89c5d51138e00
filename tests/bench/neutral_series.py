# SPDX-License-Identifier: Apache-2.0
"""Patches of the kernel that keep what it does: comments, new names, other code of the same meaning."""
import difflib
import random
import re

# Without luo_core.c, which the series phase-stamps changes.
FILES = [f"kernel/liveupdate/{name}.c" for name in ("kexec_handover", "kho_block", "luo_file", "luo_flb", "luo_session")]
FILES.append("mm/memfd_luo.c")
FUNCTION = re.compile(r"^static (?!inline)(?:noinline )?[\w ]+[ *](\w+)\([^;]*$")
CONDITION = re.compile(r"^(\t+if \()(err|ret|!\w+)(\)(?: \{)?)$")


def patch_of(name, file, before, after, why):
    """A patch mail for one file, from its lines before and after."""
    diff = "\n".join(difflib.unified_diff(before, after, f"a/{file}", f"b/{file}", lineterm=""))
    return f"Subject: [PATCH] {name}: {file}\n\nSPDX-License-Identifier: GPL-2.0\n\n{why}\n---\n{diff}\n"


def commented(lines, chance):
    """A comment before a function; every line below it moves."""
    at = chance.choice([number for number, line in enumerate(lines) if FUNCTION.match(line)])
    while at > 0 and lines[at - 1].strip():  # above what belongs to the function
        at -= 1
    return lines[:at] + ["/* What follows is called with the caller's references held. */", ""] + lines[at:]


def renamed(lines, chance):
    name = chance.choice([FUNCTION.match(line).group(1) for line in lines if FUNCTION.match(line)])
    return [re.sub(rf"\b{name}\b", f"{name}_once", line) for line in lines]


def hinted(lines, chance):
    """Branches said to be rare: the same conditions, other code."""
    places = [number for number, line in enumerate(lines) if CONDITION.match(line)]
    lines = list(lines)
    for at in chance.sample(places, min(4, len(places))):
        lines[at] = CONDITION.sub(r"\1unlikely(\2)\3", lines[at])
    return lines


def outlined(lines, chance):
    """A function that may not be inlined."""
    at = chance.choice([number for number, line in enumerate(lines) if FUNCTION.match(line) and "noinline" not in line])
    return lines[:at] + [lines[at].replace("static ", "static noinline ", 1)] + lines[at + 1:]


def fenced(lines, chance):
    """The compiler may not move code over some of the returns."""
    places = [number for number, line in enumerate(lines) if re.match(r"^\t+return [^;]*;$", line)
              and re.search(r"[;}]$", lines[number - 1])]
    for at in sorted(chance.sample(places, min(3, len(places))), reverse=True):
        indent = re.match(r"\t+", lines[at]).group()
        lines = lines[:at] + [f"{indent}barrier();"] + lines[at:]
    return lines


KINDS = {"comment": commented, "rename": renamed, "hint": hinted, "noinline": outlined, "barrier": fenced}


def neutral_patch(tree, number):
    """The name and the text of the patch of this number: always the same for the same tree."""
    chance = random.Random(number)
    kind = list(KINDS)[number % len(KINDS)]
    file = chance.choice(FILES)
    before = (tree / file).read_text().splitlines()
    after = KINDS[kind](before, chance)
    if after == before:
        raise ValueError(f"patch {number} ({kind} in {file}) changes nothing")
    name = f"neutral-{number:02}-{kind}"
    return name, patch_of(name, file, before, after, "What the kernel does stays the same.")
