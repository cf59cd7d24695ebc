"""Reads the recorded transcripts of a real Vault 1.14.9: cli.md.gz (commands) and http.md.gz (raw exchanges).

Both are Markdown: a block with what was sent, then labelled blocks with what came back. A step's name is its heading
and its command, numbered when the same command comes again under one heading; the list of differences uses it.
"""
import ast
import gzip
import pathlib
import re
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).parent


@dataclass
class Step:
    name: str
    section: str  # the last heading of level two
    heading: str  # the last heading of any level
    command: str = ""  # cli: the shell command; http: the request's head
    body: str = ""  # http: the request's body
    stdin: str = ""
    config: str = ""  # cli: the server configuration shown above the command
    status: str = ""  # cli: the line with the exit status; http: the status line
    expected: dict = field(default_factory=dict)  # "stdout", "stderr", "headers", "body", "terminal" -> text
    first_lines: dict = field(default_factory=dict)  # of a text that is cut: how many lines there are


def _lines(name):
    with gzip.open(HERE / name, "rt", encoding="utf-8") as file:
        return file.read().split("\n")


class _Names:
    def __init__(self):
        self.seen = {}

    def make(self, heading, what):
        base = f"{heading} / {what}"
        self.seen[base] = self.seen.get(base, 0) + 1
        return base if self.seen[base] == 1 else f"{base} #{self.seen[base]}"


def _blocks(lines):
    """Yields ("fence", language, text) and ("line", text)."""
    i = 0
    while i < len(lines):
        fence = re.match(r"^```(\w*)$", lines[i])
        if fence:
            end = lines.index("```", i + 1)
            yield "fence", fence.group(1), "\n".join(lines[i + 1 : end]) + ("\n" if end > i + 1 else "")
            i = end + 1
        else:
            yield "line", lines[i], ""
            i += 1


def _command_and_stdin(text):
    text = text[2:] if text.startswith("$ ") else text
    found = re.match(r"^(.*?) {6}# stdin: (\".*\")\n?$", text, re.S)
    if found:
        return found.group(1), ast.literal_eval(found.group(2))
    return text.rstrip("\n"), ""


def cli_steps():
    steps, names = [], _Names()
    section = heading = ""
    config, step, label = "", None, ""
    for kind, text, content in _blocks(_lines("cli.md.gz")):
        if kind == "fence" and text == "console":
            command, stdin = _command_and_stdin(content)
            step = Step(names.make(heading, command.split("\n")[0]), section, heading, command, stdin=stdin, config=config)
            steps.append(step)
            config, label = "", ""
        elif kind == "fence" and text == "hcl":
            config = content
        elif kind == "fence" and text == "text" and step and label:
            step.expected[label.split(":")[0]] = content[:-1] if label.endswith(":cut") else content
            label = ""
        elif kind == "line":
            if re.match(r"^##+ ", text):
                heading = text.lstrip("#").strip()
                section = heading if text.startswith("## ") else section
                step, config = None, ""
            elif step and re.match(r"^(exit \d|runs )", text):
                step.status = text
                if "what the terminal received" in text:
                    label = "terminal"
            elif step and (found := re.match(r"^(stdout|stderr)( \(.*\))?:( empty)?\s*$", text)):
                label = found.group(1)
                if found.group(3):
                    step.expected[label] = ""
                    label = ""
                elif found.group(2) and "no newline" in found.group(2):
                    label += ":cut"
                elif found.group(2):
                    step.first_lines[label] = int(re.search(r"of (\d+)", found.group(2)).group(1))
    return steps


def http_steps():
    steps, names = [], _Names()
    section = heading = ""
    step, label = None, ""
    for kind, text, content in _blocks(_lines("http.md.gz")):
        if kind == "fence" and text == "http":
            head, _, body = content.rstrip("\n").partition("\n\n")
            what = head.split("\n")[0] + (" " + body if body else "")
            step = Step(names.make(heading, what), section, heading, head, body=body)
            steps.append(step)
            label = ""
        elif kind == "fence" and text == "text" and step and label:
            step.expected[label.split(":")[0]] = content[:-1] if label.endswith(":cut") else content
            label = ""
        elif kind == "line":
            if re.match(r"^##+ ", text):
                heading = text.lstrip("#").strip()
                section = heading if text.startswith("## ") else section
                step = None
            elif step and (found := re.match(r"^-> `HTTP/1.1 ([^`]*)`", text)):
                step.status = found.group(1)
                label = "headers"
            elif step and text.startswith("body"):
                label = "body" + (":cut" if "no newline" in text else "")
                if text.strip() == "body: empty":
                    step.expected["body"] = ""
                    label = ""
    return steps
