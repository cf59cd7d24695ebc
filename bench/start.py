"""Start to first answer and resident memory of an idle `squall serve`: median of 7."""
import socket
import statistics
import subprocess
import sys
import time


def one(squall, port):
    begin = time.perf_counter()
    server = subprocess.Popen([squall, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 0.2) as connection:
                    connection.sendall(b"GET /_squall/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    connection.recv(100)
                break
            except OSError:
                if time.perf_counter() - begin > 5:
                    sys.exit("no answer in 5 s")
                time.sleep(0.0003)
        elapsed = (time.perf_counter() - begin) * 1000
        time.sleep(0.2)
        with open(f"/proc/{server.pid}/status") as status:
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
        return elapsed, resident
    finally:
        server.terminate()
        server.wait()


runs = [one(sys.argv[1], 4810 + number) for number in range(7)]
print(f"start to first answer: {statistics.median(r[0] for r in runs):.1f} ms")
print(f"resident, idle: {statistics.median(r[1] for r in runs):.1f} MB")
