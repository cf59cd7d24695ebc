"""One server, and both command lines pointed at it."""
import os
import re
import signal
import subprocess

import pytest

from real_cli import ROOT, RealCli, write_models

BUILD = os.environ.get("SQUALL_BUILD", os.path.join(ROOT, "build", "release"))


class World:
    """A fresh server with one of the two command lines: the real one, or without it the guest's."""

    def __init__(self, environment, real=None):
        self.server = subprocess.Popen([os.path.join(BUILD, "squall"), "serve", "--port", "0"],
                                       stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.server.stdout.readline()).group()
        self.environment, self.real = environment, real

    def __call__(self, *arguments):
        arguments = ["--endpoint-url", self.url, *arguments]
        if self.real:
            return self.real(*arguments)
        done = subprocess.run([os.path.join(BUILD, "tests", "guest_aws"), *arguments], env=self.environment,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()
        self.server.stdout.close()


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_models(str(folder / "models"))
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "AWS_PAGER": "", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "AWS_DATA_PATH": str(folder / "models"), "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="session")
def real_cli(environment):
    cli = RealCli(environment)
    yield cli
    cli.stop()


@pytest.fixture
def worlds(environment, real_cli):
    """(the real one's, the guest's): two servers that go through the same calls. New ones for each test: what an
    earlier one left to change by itself (an instance that shuts down) changes at another moment in each."""
    pair = World(environment, real_cli), World(environment)
    yield pair
    for world in pair:
        world.stop()
