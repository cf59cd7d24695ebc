"""What the recorder had prepared under /opt/vault for the sections of cli.md on `vault server` and on TLS:
certificates, files that are none, directories, a busy port."""
import pathlib
import shutil
import socket
import subprocess

ROOT = pathlib.Path("/opt/vault")
TLS = ROOT / "tls"

# name -> (subject alternative names, valid from, valid until); all signed by ca.pem, without a common name that fits
CERTIFICATES = {
    "ok": ("DNS:localhost,IP:127.0.0.1", None),
    "ip": ("IP:127.0.0.1", None),
    "expired": ("DNS:localhost,IP:127.0.0.1", ("20240101000000Z", "20240201000000Z")),
    "name": ("DNS:vault.example.xyz", None),
}


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def _new_key(path):
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


def make_certificates():
    TLS.mkdir(parents=True, exist_ok=True)
    ca_key, ca = str(TLS / "ca.key"), str(TLS / "ca.pem")
    _new_key(ca_key)
    _openssl("req", "-x509", "-new", "-key", ca_key, "-subj", "/CN=recorder", "-days", "30", "-out", ca)
    (TLS / "index.txt").write_text("")
    for number, (name, (names, dates)) in enumerate(CERTIFICATES.items()):
        base = str(TLS / name)
        _new_key(base + ".key")
        _openssl("req", "-new", "-key", base + ".key", "-subj", "/O=recorder", "-out", base + ".csr")
        (TLS / "ext.cnf").write_text(f"subjectAltName={names}\n")
        if dates is None:
            _openssl("x509", "-req", "-in", base + ".csr", "-CA", ca, "-CAkey", ca_key, "-set_serial", str(number + 1),
                     "-days", "10", "-extfile", str(TLS / "ext.cnf"), "-out", base + ".pem")
        else:
            _sign_between(base, *dates)
    for name in ("html.pem", "html.key"):
        (TLS / name).write_text("<html><body>503</body></html>\n")


def _sign_between(base, start, end):
    """`openssl x509` cannot make a certificate of the past; `openssl ca` can."""
    (TLS / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndir={TLS}\ndatabase=$dir/index.txt\nnew_certs_dir=$dir\nrand_serial=yes\n"
        "default_md=sha256\npolicy=p\nemail_in_dn=no\n[p]\norganizationName=supplied\n")
    _openssl("ca", "-batch", "-notext", "-config", str(TLS / "ca.cnf"), "-cert", str(TLS / "ca.pem"), "-keyfile",
             str(TLS / "ca.key"), "-startdate", start, "-enddate", end, "-extfile", str(TLS / "ext.cnf"), "-in",
             base + ".csr", "-out", base + ".pem")


class ServerSection:
    """The section "`vault server`: what stops it, what it warns about": each step has its own configuration."""

    def __init__(self):
        self.busy = None

    def before(self, step):
        for directory in ("data", "raft1", "raft2", "emptydir"):
            shutil.rmtree(ROOT / directory, ignore_errors=True)
        for directory in ("data", "raft2", "emptydir"):
            (ROOT / directory).mkdir(parents=True)
        (ROOT / "c.hcl").write_text(step.config)
        if self.busy:
            self.busy.close()
            self.busy = None
        if step.heading == "port in use":
            self.busy = socket.create_server(("127.0.0.1", 8200))

    def close(self):
        if self.busy:
            self.busy.close()


# The certificate that the node of each heading of the TLS section has.
NODE_CERTIFICATE = {"unknown CA": "ok", "expired certificate": "expired",
                    "certificate for vault.example.xyz, asked as 127.0.0.1": "name"}


def tls_stanza(name):
    return f'  tls_cert_file = "{TLS}/{name}.pem"\n  tls_key_file = "{TLS}/{name}.key"\n'
