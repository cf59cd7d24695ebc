"""What `squall serve` itself promises: health, an orderly end, TLS, limits, errors of its command line."""
import json
import subprocess
import urllib.error
import urllib.request

import pytest
from conftest import SQUALL, Server


def test_health_names_the_services(squall):
    with urllib.request.urlopen(squall.url + "/_squall/health") as answer:
        body = json.load(answer)
    assert body["status"] == "ok"
    assert "kms" in body["services"]


def test_sigterm_ends_it_with_success(serve):
    server = serve()
    server.client("kms").list_keys()
    server.stop()


def test_what_was_acknowledged_survives_sigkill(serve, tmp_path):
    file = str(tmp_path / "region.db")
    server = serve("--data", file)
    key = server.client("kms").create_key()["KeyMetadata"]["KeyId"]
    server.process.kill()
    server.process.wait()
    assert key in [k["KeyId"] for k in serve("--data", file).client("kms").list_keys()["Keys"]]


def test_a_body_over_the_limit_is_refused(serve):
    server = serve("--max-body", "1")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(server.url, data=b"x" * (1 << 21)))
    assert refused.value.code == 413


def test_tls(serve, tmp_path):
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    server = serve("--tls-cert", cert, "--tls-key", key)
    assert server.url.startswith("https://")
    assert server.client("kms", verify=cert).list_keys()["Keys"] == []


def test_account_region_and_address_are_those_of_the_command_line(serve):
    server = serve("--account", "123456789012", "--region", "eu-west-3", "--host", "127.0.0.2")
    assert server.url.startswith("http://127.0.0.2:")
    assert server.client("sts").get_caller_identity()["Account"] == "123456789012"
    # Unsigned, so that nothing else names a region.
    with urllib.request.urlopen(server.url, b"Action=DescribeAvailabilityZones&Version=2016-11-15") as answer:
        assert b"<zoneName>eu-west-3a</zoneName>" in answer.read()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url.replace("127.0.0.2", "127.0.0.1") + "/_squall/health")


def test_debug_logs_each_call_and_error_none(tmp_path):
    for level, expected in (("debug", "kms:ListKeys 200"), ("error", "")):
        log = tmp_path / level
        with open(log, "w") as stderr:
            server = Server("--log-level", level, stderr=stderr)
            server.client("kms").list_keys()
            server.stop()
        text = log.read_text()
        assert (expected in text) if expected else text == ""


@pytest.mark.parametrize("arguments, message", [
    (["serve", "--port", "seven"], "--port"),
    (["serve", "--auth", "maybe"], "--auth"),
    (["serve", "--account", "12"], "12 digits"),
    (["serve", "--tls-cert", "x"], "--tls-key"),
    (["serv"], "no command 'serv'"),
    (["run"], "FILE is required"),
    (["run", "--seed", "-1", "f.yaml"], "a seed is 0 or more"),
    (["run", "/tmp"], "/tmp: is a folder"),
    (["run", "/tmp/there-is-no-such.yaml"], "/tmp/there-is-no-such.yaml: can not be read"),
    ([], "usage:"),
])
def test_a_wrong_command_line_is_named_and_exits_64(arguments, message):
    done = subprocess.run([SQUALL, *arguments], capture_output=True, text=True)
    assert done.returncode == 64
    assert message in done.stderr


def test_a_port_in_use_is_named(squall):
    port = squall.url.rsplit(":", 1)[1]
    done = subprocess.run([SQUALL, "serve", "--port", port], capture_output=True, text=True)
    assert done.returncode == 64
    assert "Address already in use" in done.stderr


def test_a_file_that_can_not_be_used_is_named(tmp_path):
    other = tmp_path / "other"
    other.write_text("something else altogether, and long enough to be looked at" * 100)
    for arguments, message in ((["--data", str(other)], f"{other}: is not a Squall data file"),
                               (["--data", str(tmp_path / "no" / "file")], "cannot be opened"),
                               (["--tls-cert", str(tmp_path / "none"), "--tls-key", "x"], "can not read"),
                               (["--tls-cert", str(other), "--tls-key", str(other)],
                                "the certificate cannot be used")):
        done = subprocess.run([SQUALL, "serve", "--port", "0", *arguments], capture_output=True, text=True)
        assert done.returncode == 64
        assert message in done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["help"], ["--help"], ["help", "serve"], ["serve", "--help"]])
def test_help_and_version_succeed(arguments):
    done = subprocess.run([SQUALL, *arguments], capture_output=True, text=True)
    assert done.returncode == 0
    assert "squall" in done.stdout.lower()
