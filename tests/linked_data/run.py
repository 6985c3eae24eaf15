#!/usr/bin/env python3
"""Lets programs that share no code with us read what is published.

Usage: run.py WHERE NODE_MODULES

WHERE is the program `belfort`, which then plays a year of council sessions and serves it, or the address of a running
server, or a folder into which the test `portal_pages` saved what it publishes (BELFORT_PORTAL). NODE_MODULES holds
@lblod/lib-decision-validation; pySHACL must be installed. Prints a line per check and exits 1 if one fails. Nothing is
fetched but from WHERE (see README.md).

1. The feed is read to its end, conforms to the shape that the Flemish government publishes, and names every page that
   the register names.
2. Every page that stands is read by the official validator: agendas, decision lists and minutes reach Niveau 3.
3. Their triples conform to the official shapes (datatypes too) and to our stricter ones.
4. Faults put into these pages are found by each of these checks (not of a server that others started).
5. The chain of the register and the bytes of every page are those that it names.
6. OParl holds to its schemas, and its addresses lead on.
"""

import collections
import concurrent.futures
import hashlib
import json
import multiprocessing
import os
import sys

import rdflib

import mutants
import oparl
import shacl
from official import Official
from published import path_of, site

TYPES = "https://data.vlaanderen.be/id/concept/BesluitDocumentType/"
KINDS = {
    TYPES + "13fefad6-a9d6-4025-83b5-e4cbee3a8965": "Agenda",
    TYPES + "3fa67785-ffdc-4b30-8880-2b99d97b4dee": "Besluitenlijst",
    TYPES + "8e791b27-7600-4577-b24e-c7c29e0eb773": "Notulen",
    TYPES + "9d5bfaca-bbf2-49dd-a830-769f91a6377b": "-",
}
SHAPES = {"Agenda": ["agenda"], "Besluitenlijst": ["besluitenlijst"], "Notulen": [], "-": []}
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


def begin(modules):
    """Starts the validator of a worker."""
    global VALIDATOR
    VALIDATOR = Official(modules)


def read_page(path, kind, document, html):
    """(what the validator says of a page, its faults): what, whether it holds, more."""
    said = VALIDATOR.read(html, kind)
    graph, checks = shacl.triples(said["triples"]), []
    if kind != "-":
        right = said["maturity"] == "Niveau 3" and said["found"] == kind
        checks.append((f"{path}: {kind}, {said['maturity']}", right, "; ".join(said["missing"][:5])))
    checks.append((f"{path} is the document that the feed names", (document, None, None) in graph, ""))
    for shapes in [*SHAPES[kind], "belfort-strict"]:
        found = shacl.faults(graph, shapes)
        checks.append((f"{path}: {shapes}", not found, "; ".join(found[:5])))
    return said, checks


def read_pages(where, feed, workers):
    """Checks every page that stands, several at a time; the good pages of each kind, as HTML and as triples."""
    pages = []
    for member, place in sorted(feed.subject_objects(PROV.atLocation)):
        path = path_of(where.base, str(place))
        status, html = where.get(path)
        if status == 410:
            print(f"ok   {path} was withdrawn")
            continue
        check(f"{path} is there", status == 200, status)
        pages.append((path, KINDS[str(feed.value(member, DCT.type))], feed.value(member, DCT.isVersionOf), html))
    good, levels = collections.defaultdict(list), collections.Counter()
    for (_, kind, _, html), (said, checks) in zip(pages, workers.map(read_page, *zip(*pages))):
        for outcome in checks:
            check(*outcome)
        levels[f"{kind} {said['maturity'] or 'without a level'}"] += 1
        if said["maturity"] in (None, "Niveau 3"):
            good[kind].append((html, said["triples"]))
    print("     " + ", ".join(f"{count} {level}" for level, count in sorted(levels.items())), flush=True)
    return good


def read_mutants(modules, good, feed):
    """Every check can fail."""
    for what, found, said in mutants.official(Official(modules), good):
        check(f"the official validator finds {what}", found, said)
    for what, found in mutants.shaped(good):
        check(f"shapes find {what}", found)
    check("the shape of the feed finds a member without a place", mutants.feed(feed))


def read_register(where, feed):
    """The chain of the register, made again; what it names is what the feed names."""
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
    apart = {entry["url"] for entry in register["entries"]} ^ {str(place) for place in feed.objects(None, PROV.atLocation)}
    check("the feed names what the register names", not apart, " ".join(sorted(apart)[:5]))


def read(where, modules):
    """Runs all checks on a site."""
    feed = read_feed(where)
    found = shacl.faults(feed, "publication-stream")
    check("the feed conforms", not found, "; ".join(found[:5]))
    check("the feed has members", len(list(feed.subject_objects(PROV.atLocation))) > 0)
    pool, apart = concurrent.futures, multiprocessing.get_context("spawn")
    with (
        pool.ProcessPoolExecutor(os.cpu_count(), apart, initializer=begin, initargs=[modules]) as workers,
        pool.ThreadPoolExecutor(1) as beside,
    ):
        # The server works while the validators do.
        objects = beside.submit(oparl.check, where)
        good = read_pages(where, feed, workers)
        seen, faults = objects.result()
    missing = [kind for kind in KINDS.values() if not good[kind]]
    check("there is a good page of each kind", not missing, " ".join(missing))
    if where.whole:
        read_mutants(modules, good, feed)
    read_register(where, feed)
    for what, caught in oparl.mutants():
        check(f"the check of OParl finds {what}", caught)
    check(f"OParl holds to its schemas at {seen} addresses", not faults and seen > 10, "; ".join(faults[:8]))


def main():
    """Reads the site that is asked for."""
    where = site(sys.argv[1])
    try:
        read(where, sys.argv[2])
    finally:
        where.end()
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
