"""No operation is served without a real client that has called it: each stands in one of the tests beside this one."""
import glob
import json
import os
import re

import botocore
import pytest

from conftest import ROOT

with open(os.path.join(ROOT, "emulator", "api", "operations.json")) as file:
    OPERATIONS = json.load(file)
TESTS = [name for name in glob.glob(os.path.join(os.path.dirname(__file__), "test_*.py")) if name != __file__]


@pytest.mark.parametrize("service", OPERATIONS)
def test_is_called(service):
    text = ""
    for name in TESTS:
        with open(name) as file:
            text += file.read()
    called = {word.replace("-", "_") for word in re.findall(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", text)}
    missing = [name for name in OPERATIONS[service]["operations"] if botocore.xform_name(name) not in called]
    assert not missing
