"""Signed and verified KMS Encrypt over keep-alive connections: requests per second, server CPU per request."""
import os
import re
import subprocess
import sys

squall, load = sys.argv[1:]
COUNT = 20000


def cpu_seconds(pid):
    """Of all threads; in nanoseconds in schedstat, where stat has ticks of 10 ms."""
    tasks = os.listdir(f"/proc/{pid}/task")
    return sum(int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0]) for task in tasks) / 1e9


server = subprocess.Popen([squall, "serve", "--port", "0", "--auth", "strict"], stdout=subprocess.PIPE, text=True)
try:
    url = re.search(r"http://\S+", server.stdout.readline()).group()
    key, secret = re.search(r"AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)", server.stdout.readline()).groups()
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
           "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""}
    key_id = subprocess.run(["/usr/bin/aws", "--endpoint-url", url, "kms", "create-key", "--query", "KeyMetadata.KeyId",
                             "--output", "text"], env=env, check=True, capture_output=True, text=True).stdout.strip()
    port = url.rsplit(":", 1)[1]
    for connections in (1, 8):
        before = cpu_seconds(server.pid)
        rate = subprocess.run([load, port, key, secret, key_id, str(COUNT), str(connections)], check=True,
                              capture_output=True, text=True).stdout
        spent = cpu_seconds(server.pid) - before
        print(f"Encrypt, signed and verified, {connections} connection(s): {float(rate):.0f} requests/s, "
              f"{spent / COUNT * 1e6:.1f} us server CPU each")
finally:
    server.terminate()
    server.wait()
