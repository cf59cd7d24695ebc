"""The files that `squall run` leaves behind, read by what reads them: an XML parser, json, a browser's parser."""
import json
import os
import pathlib
import subprocess
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

ROOT = pathlib.Path(__file__).parents[2]
HOLDS = ROOT / "scenarios/single_kms/kill-process.yaml"
GIVES_UP = ROOT / "tests/scenario/data/gives-up.yaml"
FILES = ("junit", "journal", "trace")


def squall(*arguments):
    return subprocess.run([os.environ["SQUALL"], "run", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two scenarios in one run, the second of which does not hold."""
    folder = tmp_path_factory.mktemp("run")
    options = [part for name in FILES for part in (f"--{name}", folder / name)]
    done = squall(*options, HOLDS, GIVES_UP)
    return done, {name: (folder / name).read_text() for name in FILES}


def test_status_is_the_worst_verdict(run):
    assert run[0].returncode == 3
    assert run[0].stderr == ""


def test_junit(run):
    suite = ElementTree.fromstring(run[1]["junit"].encode()).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    holds, gives_up = suite.findall("testcase")
    assert [case.get("classname") for case in (holds, gives_up)] == [str(HOLDS), str(GIVES_UP)]
    assert holds.find("failure") is None
    assert gives_up.find("failure").get("type") == "did not converge in time"
    why = gives_up.find("failure").get("message")
    assert f"did not converge in time: {why.splitlines()[0]}" in run[0].stdout
    for case in (holds, gives_up):
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        assert f"seed {properties['seed']}, event hash {properties['eventHash']}\n" in run[0].stdout


def test_journal_tells_both_in_their_order(run):
    events = [json.loads(line) for line in run[1]["journal"].splitlines()]
    titles = list(dict.fromkeys(event["scenario"] for event in events))
    assert len(titles) == 2 and all(f"{title}\n" in run[0].stdout for title in titles)
    for title in titles:
        own = [event for event in events if event["scenario"] == title]
        assert own[0]["seconds"] == 0
        assert [event["seconds"] for event in own] == sorted(event["seconds"] for event in own)
    story = [event["text"] for event in events if event["kind"] == "story"]
    assert len(story) > 10
    for text in story:
        assert f"  {text.splitlines()[0]}\n" in run[0].stdout


def test_trace_has_a_line_for_each_event(run):
    assert len(run[1]["trace"].splitlines()) == len(run[1]["journal"].splitlines())


def test_history_is_a_page(tmp_path):
    done = squall("--quiet", "--history", tmp_path / "page.html", HOLDS)
    assert done.returncode == 0
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append(tag)
    parser.feed((tmp_path / "page.html").read_text())
    assert tags[0] == "html" and "body" in tags


def test_history_is_of_one_run():
    done = squall("--history", "page.html", HOLDS, GIVES_UP)
    assert done.returncode == 64
    assert "name one FILE" in done.stderr


def test_a_file_that_can_not_be_written_is_told(tmp_path):
    done = squall("--quiet", "--junit", tmp_path / "no" / "junit.xml", HOLDS)
    assert done.returncode not in (0, 1, 2, 3)
    assert f"can not write {tmp_path}/no/junit.xml" in done.stderr
