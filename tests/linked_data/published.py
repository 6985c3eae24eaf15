"""What is published: by a running server, by a program that plays a year, or in a folder into which a test saved it."""

import json
import pathlib
import subprocess
import urllib.error
import urllib.parse
import urllib.request


class Saved:
    """A folder with an index: address, file, status."""

    # Has a page for each of the mutants.
    whole = True

    def end(self):
        """Nothing is to be stopped."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        index = json.loads((self.folder / "index.json").read_text())
        self.base, self.pages = index["base"], index["pages"]

    def get(self, path):
        """(status, bytes) of a path."""
        page = self.pages.get(path)
        if page is None:
            return 404, b""
        return page["status"], (self.folder / page["file"]).read_bytes()


class Running:
    """A server. Its pages name it by its public address, which may be another than the one it is reached at."""

    # What was published of late may have nothing that a mutant changes, such as minutes of a secret vote.
    whole = False

    def end(self):
        """It goes on: others started it."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        system = json.loads(self.get("/oparl")[1])
        self.base = system["id"].removesuffix("/oparl")

    def get(self, path):
        """(status, bytes) of a path."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class Played(Running):
    """The year that the program plays and serves, until it is asked to stop."""

    whole = True

    def __init__(self, program):
        command = [program, "demo", "--council-year", "--json", "--no-kiosk", "--listen", "127.0.0.1:0"]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        super().__init__(json.loads(self.server.stdout.readline())["base_url"])

    def end(self):
        """Stops the server."""
        self.server.terminate()
        self.server.wait(timeout=30)


def site(where):
    """The site at an address, in a folder, or of a program."""
    if where.startswith("http"):
        return Running(where)
    return Saved(where) if pathlib.Path(where).is_dir() else Played(where)


def path_of(base, address):
    """The path of an address of the site; fails for others."""
    assert address == base or address.startswith(base + "/"), f"{address} is not below {base}"
    return address[len(base):] or "/"
