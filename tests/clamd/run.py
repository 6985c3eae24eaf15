#!/usr/bin/env python3
"""Starts a real clamd and has our uploads scanned by it.

Usage: run.py [OPTION ...]

The options are for cargo: with which features the tests are built, so that those that are there need no building. Needs
Debian `clamav-daemon`. No definitions are fetched: the database holds one signature, that of the test string of EICAR,
written here by its hash. Then the test of uploads runs against this clamd instead of its own peer, over a line and over a
socket of the machine. Exits 1 if a test fails.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parents[2]
# In two halves, so that scanners do not take this file for one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PORT = 33310


def test(address):
    command = ["cargo", "test", *sys.argv[1:], "--test", "promises", "--", "documents_uploads::a_virus"]
    outcome = subprocess.run(command, cwd=HERE, env={**os.environ, "BELFORT_TEST_CLAMD": address})
    print(("ok   " if outcome.returncode == 0 else "FAIL ") + address)
    return outcome.returncode == 0


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        database = folder / "database"
        database.mkdir()
        line = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n"
        (database / "own.hdb").write_text(line)
        socket = folder / "clamd.ctl"
        settings = folder / "clamd.conf"
        settings.write_text(f"DatabaseDirectory {database}\nTCPSocket {PORT}\nTCPAddr 127.0.0.1\n"
                            f"LocalSocket {socket}\nForeground yes\nUser {os.environ.get('USER') or 'root'}\n")
        clamd = subprocess.Popen(["clamd", "-c", str(settings)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            for _ in range(100):
                if socket.exists() or clamd.poll() is not None:
                    break
                time.sleep(0.2)
            if clamd.poll() is not None:
                sys.exit("clamd does not start: " + clamd.stdout.read().decode())
            good = all([test(f"127.0.0.1:{PORT}"), test(f"unix:{socket}")])
        finally:
            clamd.terminate()
            clamd.wait()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
