"""Compares what came back with what was recorded, placeholders understood.

<key1>, <token3>, <accessor1> and the like stand for one value throughout: the first text that fits binds them, later
ones must be equal, and commands use what is bound. <uuid>, <time>, <accessor>, <epoch> stand for any value of their
form.
"""
import base64
import re

KEY, HEX_KEY = r"[A-Za-z0-9+/]{43,44}={0,2}", r"[0-9a-f]{64,66}"
# A batch token is its own record; the stand-in's is longer than Vault's.
TOKEN = r"(?:hvs\.[A-Za-z0-9_-]{24,160}|hvb\.[A-Za-z0-9_-]{24,800})"
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"

BOUND = [
    (re.compile(r"<((?:\w+-)?(?:new)?key\d*-hex)>"), HEX_KEY),
    (re.compile(r"<((?:\w+-)?(?:new)?key\d*)>"), KEY),
    (re.compile(r"<(token\d+)>"), TOKEN),
    (re.compile(r"<(accessor\d+)>"), r"[A-Za-z0-9]{24}"),
    (re.compile(r"<(otp)>"), r"[A-Za-z0-9]{28}"),
    (re.compile(r"<(encoded)>"), r"[A-Za-z0-9+/]{38}"),
]
FREE = {
    "<uuid>": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "<time>": RFC3339,
    "<time-s>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "<epoch>": r"\d{10}",
    "<accessor>": r"[A-Za-z0-9]{24}",
    "<port>": r"\d+",
    "<banner>": r"(?s:.*?)",
    "<key>": KEY,
    "<salted-id>": r"h[0-9a-f]{64}",
    "<go-time>": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \+0000 UTC",
    "vault-cluster-xxxxxxxx": r"vault-cluster-[0-9a-f]{8}",
    "_xxxxxxxx": r"_[0-9a-f]{8}",
    # Not masked when recorded, and different in every run.
    "22 Nov 26 01:55 UTC": r"\d\d \w{3} \d\d \d\d:\d\d UTC",
    "22 Nov 26 01:56 UTC": r"\d\d \w{3} \d\d \d\d:\d\d UTC",
    "95vuAx0QduPuZDIJ0rGvacnAwCnV": r"[0-9A-Za-z]{28}",
    "8uLhmP74FgI3gU6k8LKNANwqb2BU": r"[0-9A-Za-z]{28}",
    # How much all parts of Vault had written; the stand-in has fewer of them.
    "Encryption Count    137": r"Encryption Count    \d+",
    '"encryptions": 137': r'"encryptions": \d+',
    '"encryptions":23': r'"encryptions":\d+',
    '"encryptions":28': r'"encryptions":\d+',
    # How long the recorder took between two commands.
    "767h59m57s": r"76[78]h(?:5\dm(?:\d{1,2}s)?)?",
    "767h59m58s": r"76[78]h(?:5\dm(?:\d{1,2}s)?)?",
    '"ttl":2764800': r'"ttl":(?:2764800|27647\d\d)',
}


def tidied(text):
    """The recordings were saved with runs of empty lines cut to one."""
    return re.sub(r"\n{3,}", "\n\n", text)


class Bindings:
    def __init__(self, **known):
        self.values = dict(known)

    def fill(self, text):
        """A command with every bound placeholder replaced."""
        return re.sub(r"<([\w-]+)>", lambda m: self._value(m.group(1)) or m.group(0), text)

    def _value(self, name):
        if name == "wrong-key":
            return self._wrong_key()
        share = name.removesuffix("-hex")
        if name not in self.values and name.endswith("-hex") and share in self.values:
            return base64.b64decode(self.values[share]).hex()
        return self.values.get(name)

    def _wrong_key(self):
        """A share of no key. Its last byte, the point, is no real share's: two of one point are another error."""
        taken = {base64.b64decode(value)[-1] for name, value in self.values.items()
                 if re.fullmatch(r"(?:\w+-)?(?:new)?key\d*", name)}
        return base64.b64encode(bytes([1] * 32 + [min(set(range(1, 256)) - taken)])).decode()

    def _pattern(self, expected):
        expected = re.sub(r"\b(auth_(?:token|userpass))_[0-9a-f]{8}\b", r"\1_xxxxxxxx", expected)
        pattern, groups, i = "", [], 0
        while i < len(expected):
            for placeholder, form in FREE.items():
                if expected.startswith(placeholder, i):
                    pattern, i = pattern + form, i + len(placeholder)
                    break
            else:
                for placeholder, form in BOUND:
                    found = placeholder.match(expected, i)
                    if not found:
                        continue
                    name = found.group(1)
                    if name in self.values:
                        pattern += re.escape(self.values[name])
                    elif name in groups:
                        pattern += f"(?P={_group(name)})"
                    else:
                        groups.append(name)
                        pattern += f"(?P<{_group(name)}>{form})"
                    i = found.end()
                    break
                else:
                    pattern, i = pattern + re.escape(expected[i]), i + 1
        return pattern, groups

    def matches(self, expected, actual):
        pattern, groups = self._pattern(expected)
        found = re.fullmatch(pattern, actual)
        if not found:
            return False
        for name in groups:
            self.values[name] = found.group(_group(name))
        return True


def _group(name):
    return name.replace("-", "_")
