"""Replays cli.md: the command line of a single node, `squall vault` against `squall vault server`.
Usage: replay_cli.py SQUALL"""
import ast
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import termios
import time

from differences import Differences, show
from hidden_steps import BOGUS_TOKEN, Recorder
from matching import Bindings, tidied
from node import Node, enter_own_namespaces
from transcript import cli_steps


def put_on_path(squall, directory):
    tools = pathlib.Path(directory) / "bin"
    tools.mkdir()
    (tools / "vault").write_text(f'#!/bin/sh\nexec "{squall}" vault "$@"\n')
    (tools / "vault").chmod(0o755)
    return f"{tools}:{os.environ['PATH']}"


def run_piped(command, stdin, env, directory):
    ran = subprocess.run(["bash", "-c", command], input=stdin.encode(), env=env, cwd=directory, capture_output=True,
                         timeout=60, check=False)
    return ran.returncode, {"stdout": ran.stdout.decode(), "stderr": ran.stderr.decode()}


def run_server(command, env, directory):
    """A server that is to stay up: stopped by SIGTERM when it has said all that it says at its start."""
    last_words = b"Development mode should NOT" if "-dev" in command else b"server started"
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        server = subprocess.Popen(["bash", "-c", "exec " + command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                  env=env, cwd=directory)
        for _ in range(1200):
            time.sleep(0.05)
            started = last_words in os.pread(out.fileno(), 65536, 0)
            if started or server.poll() is not None:
                break
        server.terminate()
        status = server.wait(timeout=30)
        streams = [os.pread(stream.fileno(), 1 << 20, 0).decode() for stream in (out, err)]
    # The recorder left out what every start says, and what its own questions whether the server is up made it say.
    usual = re.compile(r"^.*\[INFO\]  (proxy environment|core: Initializing version history cache"
                       r"|core: security barrier not initialized).*\n", re.M)
    return status, {"stdout": streams[0], "stderr": usual.sub("", streams[1])}


def wait_until_silent(terminal):
    """The prompt comes before the echo is off; what is typed in between would be seen."""
    for _ in range(1000):
        if not termios.tcgetattr(terminal)[3] & termios.ECHO:
            return
        time.sleep(0.01)


def run_on_terminal(command, typed, env, directory):
    """Answers the exit status and what the terminal received. Typing waits for the prompt, as a user does."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(directory)
        os.execvpe("bash", ["bash", "-c", command], env)
    received = b""
    while True:
        if typed and b"hidden): " in received:
            wait_until_silent(terminal)
            os.write(terminal, typed.encode())
            typed = ""
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        received += chunk
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), received.decode()


def compare_text(step, label, actual, bindings):
    expected = step.expected[label]
    if label in step.first_lines:
        count = expected.count("\n")
        actual = "".join(actual.splitlines(keepends=True)[:count])
    actual = tidied(actual)
    return [] if bindings.matches(expected, actual) else [show(label, expected, actual)]


def compare_status(step, actual):
    expected = int(re.search(r"exit (\d+)", step.status).group(1))
    return [] if expected == actual else [f"exit status: expected {expected}, got {actual}"]


def replay(step, env, bindings, directory):
    # The recorder's machine was its own; here the root directory is not to be written to.
    command = bindings.fill(step.command).replace("=/nonexistent/", "=/opt/nonexistent/")
    if "terminal" in step.expected:
        typed = bindings.fill(ast.literal_eval(re.search(r"typed: `('.*?')`", step.status).group(1)))
        status, received = run_on_terminal(command, typed, env, directory)
        # Recorded as a Python text, broken into lines after each \r\n.
        expected = ast.literal_eval(step.expected["terminal"].replace("\n", ""))
        complaints = compare_status(step, status)
        return complaints + ([] if bindings.matches(expected, received) else [show("terminal", expected, received)])
    if step.status.startswith("runs "):
        status, streams = run_server(command, env, directory)
    else:
        status, streams = run_piped(command, step.stdin and bindings.fill(step.stdin), env, directory)
    complaints = compare_status(step, status)
    for label in ("stdout", "stderr"):
        complaints += compare_text(step, label, streams[label], bindings)
    return complaints


def main():
    enter_own_namespaces()
    squall = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        path = put_on_path(squall, directory)
        node = Node(squall, directory)
        bindings = Bindings(token2=BOGUS_TOKEN)
        recorder = Recorder(node, bindings, directory)
        differences = Differences("cli")
        try:
            for step in cli_steps():
                if not differences.left_out_reason(step):
                    env = {"PATH": path, "LANG": "C.UTF-8", **recorder.before(step)}
                    differences.note(step, replay(step, env, bindings, recorder.work))
        finally:
            node.stop()
            recorder.server_section.close()
            status = differences.report()
        sys.exit(status)


main()
