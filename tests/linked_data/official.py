"""The official validator, kept running: to load it takes longer than to read a page."""

import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Official:
    """A process of the validator."""

    def __init__(self, modules):
        command = ["node", str(HERE / "validate.mjs"), modules, str(HERE / "offline.json")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, html, kind):
        """What it says of a page of a kind ("-" if it knows none), and the triples of the page."""
        self.process.stdin.write(json.dumps({"html": html.decode(), "type": kind}) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline() or '{"error": "the validator ended"}')
        if "error" in said:
            return {"found": None, "maturity": said["error"][-400:], "missing": [], "triples": ""}
        return said
