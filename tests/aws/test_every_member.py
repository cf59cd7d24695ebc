"""No member of an input is passed over in silence: the service's code reads it, or the gateway refuses it by name
(operations.json), or it stands below with the reason why it changes nothing here.

Names are looked for in the whole service, so a member counts as read where another one of the same name is.
"""
import glob
import json
import os
import re
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, os.path.join(ROOT, "emulator", "codegen"))
from generate import snake  # noqa: E402

API = os.path.join(ROOT, "emulator", "api")
with open(os.path.join(API, "operations.json")) as file:
    OPERATIONS = json.load(file)

CHANGES_NOTHING = {
    "DescribeImages.IncludeDeprecated": "no stock image is deprecated",
    "DescribeImages.IncludeDisabled": "no stock image is disabled",
    "DescribeAvailabilityZones.AllAvailabilityZones": "there are no Local and no Wavelength Zones to opt into",
    "DeleteDocument.Force": "for documents of type ApplicationConfigurationSchema, which are not served",
}


def members(shapes, name, refused, path, above=()):
    """The paths of a structure's members and of theirs, those that are refused left out."""
    shape = shapes[name]
    inner = shape.get("member") or shape.get("value")
    if inner:
        yield from members(shapes, inner["shape"], refused, path, above)
    for member, facts in shape.get("members", {}).items():
        here = (*path, member)
        if ".".join(here) in refused or facts["shape"] in above:
            continue
        yield here
        yield from members(shapes, facts["shape"], refused, here, (*above, facts["shape"]))


def passed_over(service):
    with open(os.path.join(API, service + ".json")) as file:
        manifest = json.load(file)
    words = set()
    for name in glob.glob(os.path.join(ROOT, "emulator", "services", service, "*.[ch]pp")):
        with open(name) as file:
            words.update(re.findall(r'(?:\.|->|::|")(\w+)', file.read()))
    for operation in OPERATIONS[service]["operations"]:
        refused = OPERATIONS[service]["refused"].get(operation, [])
        shape = manifest["operations"][operation].get("input", {}).get("shape")
        for path in members(manifest["shapes"], shape, refused, ()) if shape else ():
            if snake(path[-1]) not in words and path[-1] not in words:
                yield ".".join((operation, *path))


@pytest.mark.parametrize("service", OPERATIONS)
def test_is_read_or_refused(service):
    assert [path for path in passed_over(service) if path not in CHANGES_NOTHING] == []


def test_the_exceptions_are_needed():
    assert set(CHANGES_NOTHING) <= {path for service in OPERATIONS for path in passed_over(service)}
