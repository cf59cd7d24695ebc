"""Real clients against `squall serve`: boto3 and the AWS CLI that Debian ships, no retries, no real credentials.

Run by ctest, or by hand: SQUALL=build/release/squall /usr/bin/python3 -m pytest tests/aws
"""
import json
import os
import re
import signal
import subprocess

import boto3
import botocore.config
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SQUALL = os.environ.get("SQUALL", os.path.join(ROOT, "build", "release", "squall"))
REGION = "us-east-1"


class Server:
    """A running `squall serve` on a port of its own choice."""

    def __init__(self, *arguments, stderr=None):
        self.process = subprocess.Popen([SQUALL, "serve", "--port", "0", *arguments],
                                        stdout=subprocess.PIPE, stderr=stderr, text=True)
        self.url = re.search(r"https?://\S+", self.process.stdout.readline()).group()
        self.access_key_id, self.secret_access_key = "test", "test"
        if "strict" in arguments:
            line = self.process.stdout.readline()
            self.access_key_id, self.secret_access_key = re.search(
                r"AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)", line).groups()

    def client(self, service, **overrides):
        """A boto3 client that shows each answer as it came: no retries."""
        settings = dict(endpoint_url=self.url, region_name=REGION, aws_access_key_id=self.access_key_id,
                        aws_secret_access_key=self.secret_access_key,
                        config=botocore.config.Config(retries={"max_attempts": 0}, connect_timeout=60, read_timeout=60))
        return boto3.client(service, **{**settings, **overrides})

    def cli(self, *arguments, **environment):
        """Runs the AWS CLI; answers (exit code, standard output, standard error)."""
        env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_PAGER": "", "AWS_DEFAULT_REGION": REGION,
               "AWS_MAX_ATTEMPTS": "1", "AWS_ACCESS_KEY_ID": self.access_key_id, "LC_ALL": "C.UTF-8",
               "AWS_SECRET_ACCESS_KEY": self.secret_access_key, **environment}
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.url, *arguments], env=env, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def cli_json(self, *arguments, **environment):
        code, out, err = self.cli(*arguments, "--output", "json", **environment)
        assert code == 0, err
        return json.loads(out) if out.strip() else None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=120) == 0
        self.process.stdout.close()


def running(*arguments):
    server = Server(*arguments)
    yield server
    server.stop()


@pytest.fixture
def serve():
    """serve(*arguments) starts one more server; all end with the test."""
    started = []

    def start(*arguments):
        started.append(Server(*arguments))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="module")
def squall():
    """An open server, shared by the tests of one file."""
    yield from running()


@pytest.fixture(scope="module")
def strict():
    """A server that verifies signatures and enforces IAM policies."""
    yield from running("--auth", "strict")
