"""A town of its own for a check: made, served and read through the program, at a time of our choosing."""

import datetime as dt
import http.client
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

ORGANISER = "organiser@town.example"


def check(name, good, said=""):
    """Prints the outcome of a check; ends the program if it failed."""
    print(f"{'ok  ' if good else 'FAIL'} {name} {said}".rstrip(), flush=True)
    if not good:
        raise SystemExit(1)


def run(*command, **options):
    """The outcome of a command."""
    return subprocess.run(command, **{"capture_output": True, "text": True, "timeout": 300, "check": False} | options)


def clock(at):
    """Environment in which a program believes that it is `at` (naive, UTC): Debian's faketime says how.

    Its wrapper is not used to run the program, for it would stand between us and the program's exit status. The
    monotonic clock is left alone: timers of the server must go on.
    """
    told = run("faketime", "2027-01-01 00:00:00", "env").stdout
    library = re.search(r"^LD_PRELOAD=(.*)$", told, re.M)
    if not library:
        raise SystemExit("faketime (Debian package faketime) is not there")
    return os.environ | {"LD_PRELOAD": library[1], "FAKETIME": f"@{at:%Y-%m-%d %H:%M:%S}", "TZ": "UTC",
                         "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Town:
    """A municipality in a directory, at the time `now`."""

    def __init__(self, belfort, folder, now, rooms):
        self.belfort, self.data, self.env = belfort, str(folder), clock(now)
        self.tell("init", "--town", "Proefstad")
        self.tell("person", "add", ORGANISER, "--name", "Organisator")
        for room in rooms:
            self.tell("room", "add", "--site", "stadhuis", "--capacity", "20", room)

    def tell(self, *command):
        """What a command prints; ends the program if it fails."""
        done = run(self.belfort, *command, "--data", self.data, env=self.env)
        if done.returncode:
            raise SystemExit(f"belfort {' '.join(command)}: {done.returncode} {done.stderr}")
        return done.stdout

    def meetings(self):
        """Every meeting in the store."""
        return [json.loads(line) for line in self.tell("export", "json").splitlines()]


class Served:
    """The same town while it is served; a context."""

    def __init__(self, town):
        self.token = json.loads(town.tell("token", "create", "--role", "admin", "--person", ORGANISER, "--json"))
        self.feeds = {}
        self.town = town

    def __enter__(self):
        self.server = subprocess.Popen(
            [self.town.belfort, "serve", "--data", self.town.data, "--listen", "127.0.0.1:0", "--lang", "en"],
            env=self.town.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        url = re.search(r"http://[0-9.:]+[0-9]", self.server.stdout.readline())[0]
        self.line = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
        return self

    def __exit__(self, *_):
        self.line.close()
        self.server.terminate()
        self.server.wait(20)

    def ask(self, method, path, body=None, kind="application/json"):
        """Status and body of an answer of the API."""
        data = json.dumps(body).encode() if kind == "application/json" and body is not None else body
        self.line.request(method, path, data, {"Authorization": f"Bearer {self.token['token']}",
                                               "Content-Type": kind, "Accept-Language": "en"})
        answer = self.line.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if "json" in answer.getheader("Content-Type", "") else text

    def feed(self, scope, path):
        """Writes a feed of `scope` to `path`."""
        made = json.loads(self.town.tell("feed", "create", "--scope", scope, "--level", "full", "--json"))
        self.line.request("GET", made["path"])
        pathlib.Path(path).write_bytes(self.line.getresponse().read())
        return path


def instant(text):
    """The instant that a text of the API or the export names."""
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(dt.timezone.utc)
