#!/usr/bin/env python3
"""Takes the interface facts of the operations in operations.json out of AWS's published service models.

    python3 emulator/api/import.py [SERVICE...]        needs botocore (pip or Debian's python3-botocore)

Writes <service>.json beside this file: names, members in their order, types, required, limits, enums, error codes
with their HTTP status, pagination and waiters. The models' prose is left behind. Run it again after adding to
operations.json; commit what it writes.
"""
import gzip
import json
import os
import sys

import botocore

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(botocore.__file__), "data")
METADATA = ["apiVersion", "endpointPrefix", "globalEndpoint", "jsonVersion", "protocol", "serviceId",
            "signingName", "targetPrefix", "xmlNamespace", "awsQueryCompatible"]
SHAPE = ["type", "required", "member", "key", "value", "enum", "min", "max", "pattern", "sensitive", "flattened",
         "timestampFormat", "payload", "box", "exception", "error", "xmlOrder", "locationName", "wrapper", "union"]
MEMBER = ["shape", "locationName", "queryName", "location", "flattened", "streaming", "timestampFormat",
          "xmlNamespace", "xmlAttribute", "idempotencyToken", "hostLabel", "box"]


def load(service, kind):
    folder = os.path.join(DATA, service)
    newest = sorted(os.listdir(folder))[-1]
    for name in (kind + ".json.gz", kind + ".json"):
        path = os.path.join(folder, newest, name)
        if os.path.exists(path):
            with (gzip.open(path, "rt") if path.endswith("gz") else open(path)) as file:
                return json.load(file)
    return {}


def pick(source, keys):
    return {key: source[key] for key in keys if key in source}


def reference(value):
    return pick(value, MEMBER)


def shape_facts(shape):
    facts = pick(shape, SHAPE)
    if "members" in shape:
        facts["members"] = {name: reference(member) for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in facts:
            facts[part] = reference(shape[part])
    return facts


def closure(model, roots):
    seen, order, todo = set(), [], list(roots)
    while todo:
        name = todo.pop(0)
        if name in seen:
            continue
        seen.add(name)
        order.append(name)
        shape = model["shapes"][name]
        todo += [member["shape"] for member in shape.get("members", {}).values()]
        todo += [shape[part]["shape"] for part in ("member", "key", "value") if part in shape]
    return sorted(order)


def manifest(service, wanted):
    model = load(service, "service-2")
    unknown = [name for name in wanted if name not in model["operations"]]
    if unknown:
        sys.exit(f"{service}: the published model has no {', '.join(unknown)}")
    operations, roots = {}, []
    for name in wanted:
        source = model["operations"][name]
        facts = {"http": source["http"]}
        for part in ("input", "output"):
            if part in source:
                facts[part] = pick(source[part], ["shape", "resultWrapper", "locationName", "xmlNamespace"])
                roots.append(source[part]["shape"])
        facts["errors"] = [error["shape"] for error in source.get("errors", [])]
        roots += facts["errors"]
        if source.get("authtype"):
            facts["authtype"] = source["authtype"]
        operations[name] = facts
    pages = load(service, "paginators-1").get("pagination", {})
    waiters = load(service, "waiters-2").get("waiters", {})
    for waiter in waiters.values():
        waiter.pop("description", None)
    return {
        "metadata": pick(model["metadata"], METADATA),
        "operations": operations,
        "unserved": sorted(set(model["operations"]) - set(wanted)),
        "shapes": {name: shape_facts(model["shapes"][name]) for name in closure(model, roots)},
        "pagination": {name: pages[name] for name in wanted if name in pages},
        "waiters": {name: waiter for name, waiter in waiters.items() if waiter["operation"] in wanted},
    }


def main():
    with open(os.path.join(HERE, "operations.json")) as file:
        wanted = json.load(file)
    for service in sys.argv[1:] or wanted:
        with open(os.path.join(HERE, service + ".json"), "w") as file:
            json.dump(manifest(service, wanted[service]["operations"]), file, indent=1, ensure_ascii=False)
            file.write("\n")


if __name__ == "__main__":
    main()
