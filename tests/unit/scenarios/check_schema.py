# SPDX-License-Identifier: Apache-2.0
"""Validates every document of YAML files: check_schema.py SCHEMA FILE...

Prints one line per file: "ok FILE" or "bad FILE: first fault".
"""
import json
import sys

import jsonschema
import yaml


def first_fault(validator, path):
    with open(path, encoding="utf-8") as stream:
        for document in yaml.safe_load_all(stream):
            for error in validator.iter_errors(document):
                return f"{error.json_path}: {error.message[:200]}".replace("\n", " ")
    return None


def main(schema_path, paths):
    with open(schema_path, encoding="utf-8") as stream:
        schema = json.load(stream)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for path in paths:
        fault = first_fault(validator, path)
        print(f"ok {path}" if fault is None else f"bad {path}: {fault}")


main(sys.argv[1], sys.argv[2:])
