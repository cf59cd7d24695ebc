#!/usr/bin/env python3
"""What no reviewer should have to say: banned identifiers, file length, unfinished words, who may include whom.

    python3 tests/tidy/tidy.py [ROOT]

Prints each finding as FILE:LINE: text; exits 1 if there is any.
"""
import os
import re
import subprocess
import sys

LIMIT_LINES = 500

# Where the operating system may be touched.
OUTSIDE = ("harness/live/", "harness/guest/", "emulator/http/server.cpp", "emulator/http/client.cpp", "harness/cli/",
           "tests/", "bench/")
BANNED = [  # pattern, what to use instead, where it is allowed all the same
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b", "world::Scheduler::now()", ("harness/live/", "bench/", "tests/")),
    (r"\b(gettimeofday|clock_gettime|std::time|localtime(_r)?)\s*\(", "world::Scheduler::now()", ("harness/live/", "harness/guest/agent/", "harness/guest/file_times.cpp",
     "tests/")),
    (r"\bstd::random_device\b|\bs?rand\s*\(\)|\bdrand48\b|\bmt19937", "base::Random or world::Entropy", ()),
    (r"\bstd::\w+_distribution\b", "base::Random: distributions differ between standard libraries", ()),
    (r"\b(sleep_for|sleep_until)\s*\(\s*(std|\d)|\b(usleep|nanosleep)\s*\(", "world::sleep", OUTSIDE),
    (r"\b(std::)?getenv\s*\(", "program::Context::env()", ("harness/live/", "harness/guest/", "harness/cli/", "tests/", "bench/")),
    (r"\bstd::(thread|async|jthread)\b", "a world has one thread", ("tests/", "bench/", "emulator/http/")),
    (r"\b(fork|vfork|execve?p?|popen|posix_spawnp?|std::system)\s*\(", "harness/live or harness/guest", OUTSIDE),
    (r"::(socket|connect|bind|accept4?)\s*\(\s*(AF_|\w+_?,)", "world::Network", OUTSIDE),
    (r"for\s*\([^;)]*:\s*\w*unordered_\w*", "an ordered container: the order of an unordered one may not reach an output", ()),
    (r"reinterpret_cast<std::uintptr_t>", "an id: addresses differ between runs", ("harness/guest/agent/", "tests/")),
]
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

# A folder may include those before it in this list, and those named beside it.
LAYERS = [
    ("emulator/base", []), ("emulator/http", ["emulator/base", "emulator/world"]), ("emulator/world", ["emulator/base", "emulator/http"]),
    ("emulator/wire", ["emulator/base", "emulator/http"]),
    ("emulator/store", ["emulator/base"]),
    ("emulator/auth", ["emulator/base", "emulator/http", "emulator/world", "emulator/wire", "emulator/store"]),
    ("emulator/services", ["emulator"]), ("emulator/gateway", ["emulator"]),
    ("emulator/codegen", ["emulator/services", "emulator/store"]),
    ("harness/program", ["emulator/base", "emulator/http", "emulator/world"]),
    ("harness/jmespath", ["emulator/base"]),
    ("harness/sim", ["emulator/base", "emulator/http", "emulator/world"]),
    ("harness/live", ["emulator/base", "emulator/http", "emulator/world", "harness/program"]),
    ("harness/checkers", ["emulator/base"]),
    ("harness/guest", ["emulator", "harness/program", "harness/jmespath"]),
    ("harness/vault", ["emulator/base", "emulator/http", "emulator/world", "emulator/auth", "emulator/wire", "harness/program"]),
    ("harness/scenario", ["emulator", "harness"]), ("harness/report", ["emulator", "harness"]), ("harness/cli", ["emulator", "harness"]),
]
BEAST_FREE = re.compile(r'#include [<"](boost/|spdlog/|yaml-cpp/|pugixml|CLI/)')


def findings_in(path, text):
    lines = text.splitlines()
    if len(lines) > LIMIT_LINES:
        yield 1, f"{len(lines)} lines; which idea wants its own file? ({LIMIT_LINES} at most)"
    code = path.endswith((".cpp", ".hpp", ".c", ".h"))
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line) and not path.endswith("tests/tidy/tidy.py"):
            yield number, "unfinished: " + line.strip()
        if not code:
            continue
        for pattern, instead, allowed in BANNED:
            if re.search(pattern, line) and not path.startswith(tuple(allowed)):
                yield number, f"'{re.search(pattern, line).group().strip()}' is banned here; use {instead}"
        if path.endswith(".hpp") and not path.startswith(("tests/", "bench/")) and BEAST_FREE.search(line):
            yield number, "this library's headers stay out of ours"
        include = re.match(r'#include "((?:emulator|harness)/[^"]+)"', line)
        if include and not path.startswith(("tests/", "bench/")):
            yield from ((number, text) for text in layer_findings(path, include.group(1)))


def own_header_findings(root, path, text):
    """A source file that has a header includes it first, which proves that the header stands by itself."""
    own = path[:-4] + ".hpp"
    if not path.endswith(".cpp") or not os.path.exists(os.path.join(root, own)):
        return
    first = re.search(r'#include ["<]([^">]+)[">]', text)
    if first and first.group(1) != own:
        yield text[:first.start()].count("\n") + 1, f"the first include is its own header, {own}"


def layer_findings(path, included):
    own = next((layer for layer in LAYERS if path.startswith(layer[0] + "/")), None)
    if own is None:
        yield f"{os.path.dirname(path)} has no place in the list of layers (tests/tidy/tidy.py)"
    elif not included.startswith(own[0] + "/") and not any(included.startswith(below + "/") for below in own[1]):
        yield f"{own[0]} may not include {included}"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    count, files = 0, 0
    for path in sorted(set(listed)):
        if not path.endswith((".cpp", ".hpp", ".c", ".h", ".py", ".sh")) or not os.path.exists(os.path.join(root, path)):
            continue
        files += 1
        with open(os.path.join(root, path), encoding="utf-8") as file:
            content = file.read()
            for number, text in [*findings_in(path, content), *own_header_findings(root, path, content)]:
                print(f"{path}:{number}: {text}")
                count += 1
    print(f"{files} files, {count} findings")
    return 1 if count or not files else 0


if __name__ == "__main__":
    sys.exit(main())
