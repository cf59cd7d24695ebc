#!/usr/bin/env python3
"""tidy.py finds what it is there to find: each planted line is named, and clean ones are not."""
import os
import subprocess
import sys
import tempfile

TIDY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")
PLANTED = {
    "emulator/base/a.cpp": "auto t = std::chrono::system_clock::now();",
    "emulator/auth/b.cpp": "int x = rand();",
    "harness/vault/c.cpp": 'auto v = getenv("HOME");',
    "emulator/wire/d.cpp": '#include "harness/sim/network.hpp"',
    "emulator/http/e.hpp": "#include <boost/beast.hpp>",
    "harness/sim/f.cpp": "// TO" + "DO: later",
    "harness/scenario/g.cpp": "\n" * 600,
    "elsewhere/h.cpp": '#include "emulator/base/time.hpp"',
}
CLEAN = {"harness/live/i.cpp": "auto t = std::chrono::system_clock::now();",
         "emulator/world/j.cpp": '#include "emulator/base/time.hpp"'}


def main():
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        for path, text in {**PLANTED, **CLEAN}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w") as file:
                file.write(text + "\n")
        done = subprocess.run([sys.executable, TIDY, root], capture_output=True, text=True)
        assert done.returncode == 1, done.stdout
        for path in PLANTED:
            assert f"{path}:" in done.stdout, f"not found: {path}\n{done.stdout}"
        for path in CLEAN:
            assert f"{path}:" not in done.stdout, f"wrongly found: {path}\n{done.stdout}"


if __name__ == "__main__":
    main()
