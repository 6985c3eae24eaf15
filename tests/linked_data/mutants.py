"""Faults put into good pages, each of which a check must find: a check that finds none proves nothing."""

import rdflib
from rdflib import Literal, XSD

import shacl

B = rdflib.Namespace("http://data.vlaanderen.be/ns/besluit#")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")
NOBODY = rdflib.URIRef("https://example.org/nobody")

# Official validator: (what, kind, the text to be changed, into what).
OFFICIAL = [
    ("an item that does not say whether it is public", "Agenda", 'property="besluit:geplandOpenbaar"', 'property="besluit:x"'),
    ("a session that does not say when it ended", "Besluitenlijst", 'property="prov:endedAtTime"', 'property="besluit:x"'),
    ("a decision without a title", "Besluitenlijst", 'property="eli:title"', 'property="eli:x"'),
    ("items without those present", "Notulen", 'property="besluit:heeftAanwezige"', 'property="besluit:x"'),
    ("a vote that does not say whether it was secret", "Notulen", 'property="besluit:geheim"', 'property="besluit:x"'),
    ("a mandate that nobody knows", "Notulen", "http://data.lblod.info/id/mandatarissen/", "https://example.org/m/"),
]


def first(graph, predicate, wanted=lambda s, o: True):
    """The first (subject, object) of a predicate; LookupError if there is none."""
    for s, o in sorted(graph.subject_objects(predicate)):
        if wanted(s, o):
            return s, o
    raise LookupError(predicate)


def public_vote(graph, predicate):
    """A named answer in a public vote."""
    return first(graph, predicate, lambda s, _: (s, B.geheim, Literal(False)) in graph)


def plain_title(graph):
    subject, title = first(graph, DCT.title, lambda s, _: (s, rdflib.RDF.type, B.Agendapunt) in graph)
    graph.set((subject, DCT.title, Literal(str(title), lang="nl")))


def end_before_start(graph):
    subject, _ = first(graph, PROV.endedAtTime)
    graph.set((subject, PROV.endedAtTime, Literal("2001-01-01T00:00:00+01:00", datatype=XSD.dateTime)))


def broken_chain(graph):
    graph.remove((first(graph, B.aangebrachtNa)[0], B.aangebrachtNa, None))


def forked_chain(graph):
    a, before = first(graph, B.aangebrachtNa)
    b, _ = first(graph, B.aangebrachtNa, lambda s, _: s != a)
    graph.set((b, B.aangebrachtNa, before))


def wrong_count(predicate):
    def change(graph):
        subject, _ = public_vote(graph, predicate)
        graph.set((subject, predicate, Literal(40)))
    return change


def secret_named(graph):
    vote, _ = first(graph, B.geheim, lambda _, o: o == Literal(True))
    present = graph.value(vote, B.heeftAanwezige)
    graph.add((vote, B.heeftVoorstander, present))


def absent_voter(graph):
    vote, _ = public_vote(graph, B.heeftStemmer)
    graph.add((vote, B.heeftStemmer, NOBODY))


def two_groups(graph):
    vote, who = public_vote(graph, B.heeftVoorstander)
    graph.add((vote, B.heeftTegenstander, who))


# Shapes: (what, kind, shapes, change, words of the message that must be there).
SHAPED = [
    ("a title in a language", "Agenda", "agenda", plain_title, ""),
    ("a title in a language", "Besluitenlijst", "besluitenlijst", plain_title, ""),
    ("an end before the start", "Notulen", "belfort-strict", end_before_start, "endedAtTime before"),
    ("a broken chain", "Agenda", "belfort-strict", broken_chain, "no predecessor"),
    ("a forked chain", "Agenda", "belfort-strict", forked_chain, "follow the same item"),
    ("a wrong number for", "Notulen", "belfort-strict", wrong_count(B.aantalVoorstanders), "aantalVoorstanders differs"),
    ("a wrong number against", "Notulen", "belfort-strict", wrong_count(B.aantalTegenstanders), "aantalTegenstanders"),
    ("a wrong number of abstentions", "Notulen", "belfort-strict", wrong_count(B.aantalOnthouders), "aantalOnthouders"),
    ("a name in a secret vote", "Notulen", "belfort-strict", secret_named, "secret vote names"),
    ("a voter who was not there", "Notulen", "belfort-strict", absent_voter, "not present at the vote"),
    ("a voter in two groups", "Notulen", "belfort-strict", two_groups, "two vote groups"),
]


def official(validator, pages):
    """Whether the official validator finds each change of a good page: (what, found, what it said)."""
    for what, kind, old, new in OFFICIAL:
        html = next((html for html, _ in pages[kind] if old.encode() in html), None)
        if html is None:
            yield what, False, f"no page of this kind has {old}"
            continue
        said = validator.read(html.replace(old.encode(), new.encode()), kind)
        yield what, said["maturity"] != "Niveau 3", said["maturity"]


def changed(pages, change):
    """The triples of the first page that has what the change changes, changed; nothing if no page has it."""
    for _, triples in pages:
        graph = shacl.triples(triples)
        try:
            change(graph)
        except LookupError:
            continue
        return graph
    return None


def shaped(pages):
    """Whether each change of a good page is found: (what, found)."""
    for what, kind, shapes, change, words in SHAPED:
        graph = changed(pages[kind], change)
        found = graph is not None and any(words in line for line in shacl.faults(graph, shapes))
        yield f"{what} ({kind}, {shapes})", found


def feed(graph):
    """Whether a member without a place is found."""
    changed = rdflib.Graph()
    for triple in graph:
        changed.add(triple)
    subject, place = first(changed, PROV.atLocation)
    changed.remove((subject, PROV.atLocation, place))
    return bool(shacl.faults(changed, "publication-stream"))
