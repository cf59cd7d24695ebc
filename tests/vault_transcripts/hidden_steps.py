"""What the recorder did between the commands of cli.md that it shows: nodes started, tokens made, variables set, files
written. The transcript's own headings say when."""
import json
import pathlib
import time

from prepared import NODE_CERTIFICATE, ServerSection, make_certificates, tls_stanza

NO_TOKEN = {"no token at all", "no token at all, generic read", "no token"}
BOGUS_TOKEN = "hvs.AAAAAAAAAAAAAAAAAAAAAAAA"

FILES = {
    "v.txt": "file value\n",
    "p.hcl": 'path "secret/*" {\n  capabilities = ["read"]\n}\n',
    "bad.hcl": 'path "secret/*" {\n  capabilities = ["bogus"]\n}\n',
    "bad2.hcl": 'path "secret/*" {\n',
    "empty.hcl": "",
}


class Recorder:
    """Follows the transcript step by step; answers each command's environment."""

    def __init__(self, node, bindings, directory):
        self.node, self.bindings = node, bindings
        self.home = pathlib.Path(directory) / "home"
        self.empty_home = pathlib.Path(directory) / "empty_home"
        self.work = pathlib.Path(directory) / "work"
        for path in (self.home, self.empty_home, self.work):
            path.mkdir()
        for name, text in FILES.items():
            (self.work / name).write_text(text)
        self.section = self.heading = ""
        self.address = "http://127.0.0.1:8200"
        self.as_child = False
        self.server_section = ServerSection()
        make_certificates()

    def before(self, step):
        if step.section != self.section:
            self.section = step.section
            self._enter_section()
        if step.heading != self.heading:
            self.heading = step.heading
            self._enter_heading()
        self._before_command(step)
        return self._environment(step)

    def _enter_section(self):
        if self.section == "Server unreachable":
            self.address = "http://127.0.0.1:8299"
        elif self.section.startswith("Not initialised"):
            self.address = "http://127.0.0.1:8200"
            self.node.start()
        elif self.section.startswith("1 share"):
            self.address = "http://127.0.0.1:8300"
            self.node.start("127.0.0.1:8300")
        elif self.section.startswith("`vault server`"):
            self.node.stop()
        elif self.section == "On a terminal":
            self.address = "http://127.0.0.1:8200"
            self.node.start()
            _, text = self.node.request("PUT", "/v1/sys/init", body='{"secret_shares":1,"secret_threshold":1}')
            answer = json.loads(text)
            self.bindings.values.update(key1=answer["keys_base64"][0], token1=answer["root_token"])

    def _enter_heading(self):
        if self.heading.startswith("name that does not resolve"):
            self.address = "http://vault.example.internal:8200"
        elif self.heading.startswith("VAULT_ADDR unset"):
            self.node.start()
        elif self.heading == "-address flag":
            self.address = "http://127.0.0.1:8200"
        elif self.heading == "when sealed":
            self.node.request("PUT", "/v1/sys/seal", self.bindings.values["token1"])

        if self.heading in NODE_CERTIFICATE:
            self.server_section.close()
            self.node.start("127.0.0.1:8200", tls_stanza(NODE_CERTIFICATE[self.heading]), "https")

    def _before_command(self, step):
        if self.section.startswith("`vault server`"):
            self.server_section.before(step)
        elif "-nonce=<uuid>" in step.command:
            self._bind_nonce("rekey/init" if " rekey " in step.command else "generate-root/attempt", step)
        if step.name == "the last key / vault operator unseal <key4>":
            for share in ("key1", "key2"):  # the wrong key before it threw them away
                self.node.request("PUT", "/v1/sys/unseal", body=json.dumps({"key": self.bindings.values[share]}))
        if self.section.startswith("token create") and step.command == "vault token lookup":
            root = self.bindings.values["token1"]
            _, text = self.node.request("POST", "/v1/auth/token/create", root, '{"policies":["ro"]}')
            self.bindings.values["token14"] = json.loads(text)["auth"]["client_token"]
            self.as_child = True
            time.sleep(1.1)  # so that its time to live has gone down, as in the recording
        elif step.command.startswith("vault token capabilities"):
            self.as_child = False
        elif step.command.startswith("vault token renew"):
            time.sleep(1.1)

    def _bind_nonce(self, operation, step):
        if step.heading == "wrong last key":
            self.node.request("PUT", "/v1/sys/generate-root/attempt", body="{}")
        nonce = json.loads(self.node.request("GET", f"/v1/sys/{operation}")[1])["nonce"]
        self.bindings.values["uuid"] = nonce or "00000000-0000-4000-8000-000000000000"
        if step.heading == "wrong last key":
            body = json.dumps({"key": self.bindings.values["newkey1"], "nonce": nonce})
            self.node.request("PUT", "/v1/sys/generate-root/update", body=body)

    def _environment(self, step):
        env = {"VAULT_ADDR": self.address, "HOME": str(self.home)}
        token = self.bindings.values.get("token14" if self.as_child else "token1")
        if token and self.section not in ("1 share, threshold 1; JSON",):
            env["VAULT_TOKEN"] = token
        if self.heading.startswith("VAULT_ADDR unset"):
            del env["VAULT_ADDR"]
        if self.heading in NO_TOKEN:
            env.pop("VAULT_TOKEN", None)
            env["HOME"] = str(self.empty_home)
        if self.heading == "a bad token" or (self.heading == "bad token" and "login" not in step.command):
            env["VAULT_TOKEN"] = BOGUS_TOKEN
        unset = "login with VAULT_TOKEN unset / vault login <token1>"
        if step.name == unset or "-method=userpass -format=json" in step.command or self.section == "On a terminal":
            env.pop("VAULT_TOKEN", None)
        if step.command == "vault token revoke -self":
            root = self.bindings.values["token1"]
            _, text = self.node.request("POST", "/v1/auth/token/create", root, "{}")
            env["VAULT_TOKEN"] = json.loads(text)["auth"]["client_token"]
        return env
