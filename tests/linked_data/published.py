"""What is published, from a running server or from a folder into which a test saved it."""

import json
import pathlib
import urllib.error
import urllib.parse
import urllib.request


class Saved:
    """A folder with an index: address, file, status."""

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


def site(where):
    """The site at an address or in a folder."""
    return Running(where) if where.startswith("http") else Saved(where)


def path_of(base, address):
    """The path of an address of the site; fails for others."""
    assert address == base or address.startswith(base + "/"), f"{address} is not below {base}"
    return address[len(base):] or "/"
