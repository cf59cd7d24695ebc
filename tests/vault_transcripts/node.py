"""A place of its own for the stand-in node: a network and host name of its own (the recordings have 127.0.0.1:8200
and the host name `a`), a directory per life, and the server as an ordinary process."""
import ctypes
import fcntl
import http.client
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

CONFIG = """storage "file" {{ path = "{data}" }}
listener "tcp" {{
  address = "{address}"
{tls}}}
api_addr = "{scheme}://{address}"
disable_mlock = true
"""


def enter_own_namespaces():
    """Runs this script again in new network, UTS and mount namespaces. Needs root, or user namespaces."""
    if os.environ.get("VAULT_TRANSCRIPTS_INSIDE") != "1":
        flags = ["-n", "-u", "-m"] if os.geteuid() == 0 else ["-r", "-n", "-u", "-m"]
        os.environ["VAULT_TRANSCRIPTS_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])
    socket.sethostname("a")
    subprocess.run(["mount", "-t", "tmpfs", "none", "/opt"], check=True)  # the recordings have files in /opt/vault
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Node:
    def __init__(self, squall, directory):
        self.squall, self.directory = squall, pathlib.Path(directory)
        self.process, self.address = None, "127.0.0.1:8200"

    def start(self, address="127.0.0.1:8200", tls="  tls_disable = true\n", scheme="http"):
        """A new node, never initialised."""
        self.stop()
        self.address = address
        data = self.directory / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        config = self.directory / "node.hcl"
        config.write_text(CONFIG.format(data=data, address=address, tls=tls, scheme=scheme))
        log = open(self.directory / "server.log", "w")
        self.process = subprocess.Popen(
            [self.squall, "vault", "server", f"-config={config}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,
            env={"PATH": os.environ["PATH"], "HOME": str(self.directory)},
        )
        self._wait_until_up()

    def _wait_until_up(self):
        host, port = self.address.split(":")
        for _ in range(3000):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended: {(self.directory / 'server.log').read_text()}")
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("the server does not listen")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def request(self, method, path, token=None, body=None):
        """For the steps that the recording does not show; answers (status, text)."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.request(method, path, body=body, headers={"X-Vault-Token": token} if token else {})
        response = connection.getresponse()
        return response.status, response.read().decode()
