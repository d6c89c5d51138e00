#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds recorded exchanges with a controller against the OpenAPI document that it serves.

usage: openapi_check.py [--cover] DOCUMENT EXCHANGES

EXCHANGES has one JSON object a line: method, target, status, type, body, request_type,
request_body (tests/integration/api/exchange_log.h). Prints what does not agree, with the line's
number; the exit code is 1 then. --cover also asks that every operation was answered with each of
its documented 2xx statuses.
"""
import argparse
import json
import re
import sys
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator

METHODS = ("get", "put", "post", "delete", "patch")
PROBLEM = "application/problem+json"


def found(document, reference):
    """Whether a reference into the document ("#/components/...") leads somewhere."""
    node = document
    for name in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or name not in node:
            return False
        node = node[name]
    return True


class Operation:
    def __init__(self, method, path, description):
        self.method = method
        self.path = path
        self.id = description["operationId"]
        self.description = description
        segments = path.split("/")
        self.parameters = [s for s in segments if s.startswith("{")]
        pattern = "/".join("[^/]+" if s.startswith("{") else re.escape(s) for s in segments)
        self.pattern = re.compile(pattern)

    def success_statuses(self):
        return {int(s) for s in self.description["responses"] if s.startswith("2")}


class Contract:
    def __init__(self, document):
        self.operations = [
            Operation(method, path, item[method])
            for path, item in document["paths"].items() for method in METHODS if method in item
        ]
        self.operations.sort(key=lambda operation: len(operation.parameters))
        self.document = document
        self.validators = {}

    def flaws(self):
        """What is wrong with the document itself."""
        if not self.document["openapi"].startswith("3.1."):
            yield f"openapi is {self.document['openapi']}"
        ids = [operation.id for operation in self.operations]
        yield from (f"operationId {name} is used twice" for name in set(ids) if ids.count(name) > 1)
        for name, schema in self.document["components"]["schemas"].items():
            Draft202012Validator.check_schema(schema)
            yield from self.dangling(schema, f"components.schemas.{name}")
        for operation in self.operations:
            yield from self.dangling(operation.description, operation.id)
            for field in ("summary", "x-luolab-role", "responses"):
                if not operation.description.get(field):
                    yield f"{operation.id} has no {field}"
            if not operation.success_statuses():
                yield f"{operation.id} has no success"

    def dangling(self, node, place):
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                if not found(self.document, reference):
                    yield f"{place}: {reference} leads nowhere"
            for value in node.values():
                yield from self.dangling(value, place)
        elif isinstance(node, list):
            for value in node:
                yield from self.dangling(value, place)

    def find(self, method, path):
        method = "get" if method == "HEAD" else method.lower()
        for operation in self.operations:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        return None

    def schema_errors(self, schema, thing):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {"components": self.document["components"], **schema}
            self.validators[key] = Draft202012Validator(whole)
        for error in self.validators[key].iter_errors(thing):
            yield f"{error.json_path}: {error.message[:300]}"

    def content_errors(self, contents, content_type, body, what):
        media = content_type.split(";")[0].strip().lower()
        if media not in contents:
            yield f"{what}: content type {content_type!r} is none of {sorted(contents)}"
            return
        schema = contents[media].get("schema")
        if schema is None or not media.endswith("json"):
            return
        try:
            thing = json.loads(body)
        except ValueError as error:
            yield f"{what}: no JSON ({error}): {body[:200]}"
            return
        yield from (f"{what}: {error}" for error in self.schema_errors(schema, thing))

    def problem_errors(self, exchange):
        contents = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        if exchange["method"] == "HEAD":
            return
        yield from self.content_errors(contents, exchange["type"], exchange["body"], "problem")
        try:
            status = json.loads(exchange["body"]).get("status")
        except (ValueError, AttributeError):
            return
        if status != exchange["status"]:
            yield f"problem: its status is {status}"

    def request_errors(self, operation, exchange):
        """Of a request that was accepted."""
        known = {p["name"]: p for p in operation.description.get("parameters", [])}
        query = parse_qsl(urlsplit(exchange["target"]).query, keep_blank_values=True)
        yield from (f"query parameter {name} is not documented" for name, _ in query
                    if known.get(name, {}).get("in") != "query")
        given = {name for name, _ in query} | {name.lower() for name in exchange["request_fields"]}
        for name, parameter in known.items():
            there = parameter["in"] == "path" or name in given or name.lower() in given
            if parameter.get("required") and not there:
                yield f"required parameter {name} was not needed"
        body = operation.description.get("requestBody")
        if body is None:
            if exchange["request_body"]:
                yield "a body was taken, but none is documented"
        elif exchange["request_body"]:
            yield from self.content_errors(body["content"], exchange["request_type"],
                                           exchange["request_body"], "request")
        elif body["required"]:
            yield "a required body was not needed"

    def errors(self, exchange):
        status = exchange["status"]
        operation = self.find(exchange["method"], urlsplit(exchange["target"]).path)
        if operation is None or str(status) not in operation.description["responses"]:
            if status < 400:
                yield f"status {status} is not documented"
                return
            yield from self.problem_errors(exchange)
            return
        if status >= 400:
            yield from self.problem_errors(exchange)
            return
        contents = operation.description["responses"][str(status)].get("content", {})
        if contents and exchange["method"] != "HEAD" and status != 304:
            yield from self.content_errors(contents, exchange["type"], exchange["body"], "answer")
        elif exchange["body"]:
            yield f"there is a body, but none is documented: {exchange['body'][:200]}"
        if status < 300:
            yield from self.request_errors(operation, exchange)


def uncovered(contract, exchanges):
    seen = {}
    for exchange in exchanges:
        operation = contract.find(exchange["method"], urlsplit(exchange["target"]).path)
        if operation is not None:
            seen.setdefault(operation.id, set()).add(exchange["status"])
    for operation in contract.operations:
        for status in sorted(operation.success_statuses() - seen.get(operation.id, set())):
            yield f"{operation.id} ({operation.method} {operation.path}) never answered {status}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cover", action="store_true")
    parser.add_argument("document")
    parser.add_argument("exchanges")
    arguments = parser.parse_args()
    with open(arguments.document, encoding="utf-8") as file:
        contract = Contract(json.load(file))
    with open(arguments.exchanges, encoding="utf-8") as file:
        exchanges = [json.loads(line) for line in file]
    problems = list(contract.flaws())
    for number, exchange in enumerate(exchanges, 1):
        place = f"{number}: {exchange['method']} {exchange['target']} -> {exchange['status']}"
        problems += [f"{place}: {error}" for error in contract.errors(exchange)]
    if arguments.cover:
        problems += uncovered(contract, exchanges)
    if not exchanges:
        problems.append("there are no exchanges")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
