"""Replays http.md: the raw exchanges of a single node, against `squall vault server`. Usage: replay_http.py SQUALL"""
import json
import re
import socket
import sys
import tempfile
import time

from differences import Differences, show
from matching import Bindings
from node import Node, enter_own_namespaces
from transcript import http_steps


def exchange(address, step, bindings):
    head = bindings.fill(step.command).split("\n")
    body = bindings.fill(step.body)
    lines = [head[0] + " HTTP/1.1", f"Host: {address}", *head[1:]]
    if body or head[0].split(" ")[0] in ("PUT", "POST", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    lines.append("Connection: close")
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=120) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    return lines, joined_chunks(body) if "Transfer-Encoding: chunked" in lines else body


def joined_chunks(body):
    """The recordings have bodies without the sizes of their chunks."""
    text = ""
    while size := int(body.partition("\r\n")[0], 16):
        start = body.index("\r\n") + 2
        text, body = text + body[start:start + size], body[start + size + 2:]
    return text


def headers_of(lines):
    return "".join(line + "\n" for line in lines if line.split(":")[0] not in ("Date", "Connection"))


def in_one_order(text):
    """Old endpoints repeat the members of `data` at the top, in the order of a Go map: another one in every run."""
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict) or not set(answer["data"]) <= set(answer):
        return text
    return json.dumps(dict(sorted(answer.items())), separators=(",", ":")) + "\n"


def compare(step, lines, body, bindings):
    complaints = []
    status = lines[0].removeprefix("HTTP/1.1 ")
    if status != step.status:
        complaints.append(show("status", step.status, status))
    same = bindings.matches(step.expected["body"], body)
    if not same and not bindings.matches(in_one_order(step.expected["body"]), in_one_order(body)):
        complaints.append(show("body", step.expected["body"], body))
    expected, actual = step.expected["headers"], headers_of(lines[1:])
    # Fractions of a second are as long as they happen to be.
    if "<time>" in step.expected["body"]:
        expected, actual = (re.sub(r"Content-Length: \d+", "Content-Length: n", text) for text in (expected, actual))
    if not bindings.matches(expected, actual):
        complaints.append(show("headers", expected, actual))
    return complaints


def hidden_steps(node, bindings, step):
    """What the recorder did between the exchanges it shows."""
    if step.name == 'a wrong last key / PUT /v1/sys/unseal {"key": "<key2>"}':
        node.request("PUT", "/v1/sys/unseal", body=json.dumps({"key": bindings.values["key1"]}))
    if step.heading == "at once after the mount":  # the recorder's next request came after the mount's upgrade
        wait_for_upgrade(node, bindings.values["token1"])
    if "<token5>" in step.command and "token5" not in bindings.values:
        _, text = node.request("POST", "/v1/auth/userpass/login/u", body=json.dumps({"password": "pw"}))
        bindings.values["token5"] = json.loads(text)["auth"]["client_token"]


def wait_for_upgrade(node, token):
    for _ in range(500):
        if "Upgrading from non-versioned" not in node.request("GET", "/v1/secret/data/x", token)[1]:
            return
        time.sleep(0.01)


def main():
    enter_own_namespaces()
    with tempfile.TemporaryDirectory() as directory:
        node = Node(sys.argv[1], directory)
        node.start()
        bindings = Bindings()
        differences = Differences("http")
        try:
            for step in http_steps():
                if not differences.left_out_reason(step):
                    hidden_steps(node, bindings, step)
                    lines, body = exchange(node.address, step, bindings)
                    differences.note(step, compare(step, lines, body, bindings))
        finally:
            node.stop()
            status = differences.report()
        sys.exit(status)


main()
