#!/usr/bin/env python3
"""Lets programs that share no code with us read what is published.

Usage: run.py WHERE NODE_MODULES

WHERE is the address of a running server, or a folder into which the test `portal_pages` saved what it publishes
(BELFORT_PORTAL). NODE_MODULES holds @lblod/lib-decision-validation; pySHACL must be installed. Prints a line per
check and exits 1 if one fails. Nothing is fetched but from WHERE (see README.md).

1. The feed is read to its end, conforms to the shape that the Flemish government publishes, and leads to every page.
2. Every page that stands is read by the official validator: agendas, decision lists and minutes reach Niveau 3.
3. Their triples conform to the official shapes (datatypes too) and to our stricter ones.
4. Faults put into these pages are found by each of these checks.
5. The chain of the register and the bytes of every page are those that it names.
6. OParl holds to its schemas, and its addresses lead on.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import rdflib

import mutants
import oparl
import shacl
from published import path_of, site

HERE = pathlib.Path(__file__).resolve().parent
TYPES = "https://data.vlaanderen.be/id/concept/BesluitDocumentType/"
KINDS = {
    TYPES + "13fefad6-a9d6-4025-83b5-e4cbee3a8965": "Agenda",
    TYPES + "3fa67785-ffdc-4b30-8880-2b99d97b4dee": "Besluitenlijst",
    TYPES + "8e791b27-7600-4577-b24e-c7c29e0eb773": "Notulen",
    TYPES + "9d5bfaca-bbf2-49dd-a830-769f91a6377b": "-",
}
SHAPES = {"Agenda": ["agenda"], "Besluitenlijst": ["besluitenlijst"], "Notulen": [], "-": []}
STEMMING = "http://data.vlaanderen.be/ns/besluit#Stemming"
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")
TREE = rdflib.Namespace("https://w3id.org/tree#")
FAILED = []


def check(what, holds, more=""):
    """Says whether something holds."""
    print(f"{'ok  ' if holds else 'FAIL'} {what}{f': {more}' if more else ''}", flush=True)
    if not holds:
        FAILED.append(what)


def read_feed(where):
    """The graph of the whole feed, page after page."""
    graph, waiting, seen = rdflib.Graph(), ["/ldes"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        status, body = where.get(path)
        check(f"{path} is Turtle", status == 200, status)
        page = rdflib.Graph().parse(data=body, format="turtle")
        for to in [*page.objects(None, TREE.view), *page.objects(None, TREE.node)]:
            waiting.append(path_of(where.base, str(to)))
        graph += page
    return graph


def official(modules, html, kind, folder):
    """(what the official validator says, the triples of the page)."""
    page, out = folder / "page.html", folder / "page.nt"
    page.write_bytes(html)
    command = ["node", str(HERE / "validate.mjs"), modules, str(HERE / "offline.json"), str(page), kind, str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        return {"maturity": done.stderr[-400:], "found": None, "missing": []}, ""
    return json.loads(done.stdout), out.read_text()


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


def read_pages(where, modules, feed, folder):
    """Checks every page that stands; one good page of each kind, as HTML and as triples."""
    good = {}
    for member, place in sorted(feed.subject_objects(PROV.atLocation)):
        path = path_of(where.base, str(place))
        status, html = where.get(path)
        if status == 410:
            print(f"ok   {path} was withdrawn")
            continue
        check(f"{path} is there", status == 200, status)
        kind = KINDS[str(feed.value(member, DCT.type))]
        said, triples = official(modules, html, kind, folder)
        if kind != "-":
            reached = reaches(said, html)
            check(f"{path}: {kind}, {said['maturity']}", reached and said["found"] == kind, "; ".join(said["missing"][:5]))
        graph = shacl.triples(triples)
        document = feed.value(member, DCT.isVersionOf)
        check(f"{path} is the document that the feed names", (document, None, None) in graph)
        for shapes in [*SHAPES[kind], "belfort-strict"]:
            found = shacl.faults(graph, shapes)
            check(f"{path}: {shapes}", not found, "; ".join(found[:5]))
        good[kind] = (html, triples)
    return good


def read_mutants(modules, good, feed, folder):
    """Every check can fail."""
    for what, kind, old, new in mutants.OFFICIAL:
        html = good[kind][0]
        assert old.encode() in html, f"{kind} has no {old}"
        said, _ = official(modules, html.replace(old.encode(), new.encode()), kind, folder)
        check(f"the official validator finds {what}", said["maturity"] != "Niveau 3", said["maturity"])
    for what, found in mutants.shaped({kind: triples for kind, (_, triples) in good.items()}):
        check(f"shapes find {what}", found)
    check("the shape of the feed finds a member without a place", mutants.feed(feed))


def read_register(where):
    """The chain of the register, made again."""
    register = json.loads(where.get("/bekendmakingen.json")[1])
    names = ["prev_hash", "seq", "kind", "session", "decision", "version", "act", "document", "url", "title", "reason",
             "published_at", "sha256"]
    previous, broken = "0" * 64, []
    for entry in register["entries"]:
        own = hashlib.sha256("\n".join(entry[name] for name in names).encode()).hexdigest()
        if entry["prev_hash"] != previous or entry["hash"] != own:
            broken.append(entry["seq"])
        previous = own
        status, html = where.get(path_of(where.base, entry["url"]))
        if status == 200 and hashlib.sha256(html).hexdigest() != entry["sha256"]:
            broken.append(entry["seq"])
    check(f"the register of {len(register['entries'])} entries holds", not broken, " ".join(broken))


def main():
    """Runs all checks."""
    where, modules = site(sys.argv[1]), sys.argv[2]
    feed = read_feed(where)
    found = shacl.faults(feed, "publication-stream")
    check("the feed conforms", not found, "; ".join(found[:5]))
    check("the feed has members", len(list(feed.subject_objects(PROV.atLocation))) > 0)
    with tempfile.TemporaryDirectory() as folder:
        good = read_pages(where, modules, feed, pathlib.Path(folder))
        missing = [kind for kind in KINDS.values() if kind not in good]
        check("there is a page of each kind", not missing, " ".join(missing))
        if not missing:
            read_mutants(modules, good, feed, pathlib.Path(folder))
    read_register(where)
    seen, faults = oparl.check(where)
    for what, caught in oparl.mutants():
        check(f"the check of OParl finds {what}", caught)
    check(f"OParl holds to its schemas at {seen} addresses", not faults and seen > 10, "; ".join(faults[:8]))
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
