"""Real time of each scenario as a whole process: best of 3."""
import os
import subprocess
import sys
import time

squall, files = sys.argv[1], sys.argv[2:]
for file in files:
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        done = subprocess.run([squall, "run", "--quiet", file], stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - begin)
        if done.returncode != 0:
            sys.exit(f"{file}: exit {done.returncode}")
    print(f"{os.path.relpath(file)}: {best * 1000:.0f} ms")
