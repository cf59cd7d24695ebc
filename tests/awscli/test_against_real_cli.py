"""The guest's aws held against the real AWS CLI: status, standard output and standard error, byte for byte.

Each service's operations get the same calls on both sides: bare, with a wrong option, with values that the service
refuses, with values of another kind, as text, through a query. Then a story of calls that do something. What may
differ by chance (ids, times, ciphertexts) is masked alike on both sides; what differs for a reason stands in
differences.json.
"""
import json
import os
import re

import pytest

from real_cli import SERVICES, manifest

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "differences.json")) as listed:
    DIFFERENCES = json.load(listed)

MASKS = [
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\b(i|r|sg|sgr|vol|vpc|subnet|eni|eni-attach|iip-assoc|key|ami|snap|dopt|igw)-[0-9a-f]{8,17}\b", r"\1-ID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)", "TIME"),
    (r"\b(A[A-Z]{3})[A-Z0-9]{12,17}\b", r"\1ID"),
    (r"\b(ip-|ec2-)?\d{1,3}([.-])\d{1,3}\2\d{1,3}\2\d{1,3}", "ADDRESS"),
    (r"[A-Za-z0-9+/=]{40,}", "BYTES"),
    (r"([0-9a-f]{2}:){5,}[0-9a-f]{2}", "BYTES"),
    (r"-----BEGIN [^-]*-----.*?-----END [^-]*-----", "PEM"),
    (r"http://127.0.0.1:\d+", "URL"),
]


def masked(result):
    status, *texts = result
    for pattern, name in MASKS:
        texts = [re.sub(pattern, name, text, flags=re.S) for text in texts]
    return status, *texts


def kebab(name):
    if match := re.search(r"[A-Z]{2,}s$", name):
        name = name[:-len(match.group())] + "-" + match.group().lower()
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)).lower()


def required_values(facts, operation, wrong_kind=False):
    """Options for every required member, of the right kind and wrong value, or of a wrong kind altogether."""
    shape = facts["shapes"].get(facts["operations"][operation].get("input", {}).get("shape"), {})
    words = []
    for name in shape.get("required", []):
        kind = facts["shapes"][shape["members"][name]["shape"]]
        option = "--" + kebab(name)
        if kind["type"] == "boolean":
            words += [option]
        elif kind["type"] in ("integer", "long"):
            words += [option, "x" if wrong_kind else "7"]
        elif kind["type"] in ("structure", "map") or (
                kind["type"] == "list" and facts["shapes"][kind["member"]["shape"]]["type"] == "structure"):
            words += [option, "a=b,c" if wrong_kind else "Key=a,Value=b"]
        else:
            words += [option, "[1" if wrong_kind else "nope"]
    return words


def calls_of(service):
    facts = manifest(service)
    for operation in facts["operations"]:
        command = [service, kebab(operation)]
        yield command
        yield [*command, "--bogus", "value"]
        yield [*command, "--generate-cli-skeleton"]
        yield [*command, *required_values(facts, operation)]
        yield [*command, *required_values(facts, operation, wrong_kind=True), "--output", "text"]
        yield [*command, *required_values(facts, operation), "--query", "*[]", "--output", "text"]
    for waiter in facts["waiters"]:
        yield [service, "wait", kebab(waiter), "--bogus"]


def compare(worlds, calls):
    real, guest = worlds
    found = []
    for call in calls:
        wanted, got = masked(real(*call)), masked(guest(*call))
        if wanted != got and " ".join(call) not in DIFFERENCES:
            found.append(f"aws {' '.join(call)}\n--- real\n{wanted}\n--- guest\n{got}\n")
    assert not found, f"{len(found)} differ:\n" + "\n".join(found[:30])


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_answers_alike(worlds, service):
    compare(worlds, calls_of(service))


with open(os.path.join(HERE, "calls.json")) as file:
    CALLS = json.load(file)


def test_wrong_words_values_and_queries(worlds):
    compare(worlds, CALLS["single"])


@pytest.mark.parametrize("story", CALLS["stories"])
def test_a_story_of_calls(worlds, story):
    """Each line may use what earlier lines have named: {"name": ["aws", "words", "..."]}."""
    names = [{}, {}]
    for line in CALLS["stories"][story]:
        keep, words = (next(iter(line.items())) if isinstance(line, dict) else (None, line))
        results = []
        for world, known in zip(worlds, names):
            results.append(world(*[word.format_map(known) if "{" in word and "=" not in word else word
                                   for word in words]))
            if keep:
                known[keep] = results[-1][1].strip()
        assert masked(results[1]) == masked(results[0]), f"aws {' '.join(words)}"
