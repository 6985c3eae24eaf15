"""The official validator, kept running: to load it takes longer than to read a page."""

import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
STEMMING = "http://data.vlaanderen.be/ns/besluit#Stemming"


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


def reaches(said, html):
    """Whether a page reaches the level that it can.

    That is Niveau 3. It asks for the names of those present, which a body may keep to itself; and the validator wants
    a vote on every list, also of a session that took none or of a body that never meets in public.
    """
    if said["maturity"] == "Niveau 3":
        return True
    reports = [said["report"][f"maturityLevel{n}Report"] for n in (1, 2, 3)] if "report" in said else []
    missing = {name for report in reports for name in report["missingClasses"]}
    if b"besluit:Stemming" not in html and missing <= {STEMMING}:
        return bool(reports) and not reports[0]["invalidProperties"]
    return b"heeftAanwezigeBijStart" not in html and said["maturity"] in ("Niveau 1", "Niveau 2")
