#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds KCIDB JSON against what schema v5.3 (kcidb-io) says of the objects that luolab writes.
Usage: kcidb_check.py FILE... ; says what is wrong and ends with 1."""
import json
import sys

import jsonschema

TEXT = {"type": "string", "pattern": "^[^\\u0000]*$"}
ID = {"type": "string", "pattern": "^[a-z0-9_]+:[^\\u0000]+$"}
ORIGIN = {"type": "string", "pattern": "^[a-z0-9_]+$"}
TIME = {"type": "string", "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$"}
STATUS = {"enum": ["FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"]}
EXCERPT = {**TEXT, "maxLength": 16384}
NUMBER = {"type": "number"}
MISC = {"type": "object"}


def listed(required, **members):
    members = {"id": ID, "origin": ORIGIN, "comment": TEXT, "misc": MISC, **members}
    return {"type": "array", "items": {"type": "object", "additionalProperties": False,
                                       "required": ["id", "origin", *required], "properties": members}}


SCHEMA = {
    "type": "object", "additionalProperties": False, "required": ["version"],
    "properties": {
        "version": {"type": "object", "additionalProperties": False, "required": ["major"],
                    "properties": {"major": {"const": 5}, "minor": {"type": "integer", "minimum": 0, "maximum": 3}}},
        "checkouts": listed([], start_time=TIME, git_commit_hash={"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"}),
        "builds": listed(["checkout_id"], checkout_id=ID, architecture={"type": "string", "pattern": "^[a-z0-9_]*$"},
                         command=TEXT, compiler=TEXT, duration=NUMBER, log_excerpt=EXCERPT, status=STATUS),
        "tests": listed(["build_id"], build_id=ID, path={"type": "string", "pattern": "^[.a-zA-Z0-9_-]*$"},
                        status=STATUS, duration=NUMBER, start_time=TIME, log_excerpt=EXCERPT,
                        environment={"type": "object", "additionalProperties": False, "properties": {"comment": TEXT, "misc": MISC}},
                        number={"type": "object", "additionalProperties": False, "required": ["value"],
                                "properties": {"value": NUMBER, "unit": TEXT, "prefix": {"enum": ["metric", "binary"]}}}),
    },
}


def troubles(document):
    for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(document):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
    ids = [item["id"] for name in ("checkouts", "builds", "tests") for item in document.get(name, [])]
    yield from (f"{name} is there twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    known = {item["id"] for item in document.get("builds", [])}
    yield from (f"{test['id']}: its build is not there" for test in document.get("tests", []) if test["build_id"] not in known)


def main():
    wrong = [f"{file}: {trouble}" for file in sys.argv[1:] for trouble in troubles(json.load(open(file)))]
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
