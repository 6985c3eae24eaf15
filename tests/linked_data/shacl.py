"""Shapes (W3C SHACL) applied with pySHACL."""

import functools
import pathlib

import pyshacl
import rdflib

SHAPES = pathlib.Path(__file__).resolve().parent / "shapes"


@functools.cache
def shapes_of(name):
    """The shapes of a file."""
    return rdflib.Graph().parse(SHAPES / f"{name}.shapes.ttl")


def faults(graph, shapes):
    """What does not conform, a line each."""
    conforms, results, _ = pyshacl.validate(graph, shacl_graph=shapes_of(shapes), inference="none", advanced=True)
    if conforms:
        return []
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    lines = []
    for result in results.subjects(rdflib.RDF.type, sh.ValidationResult):
        focus, path = results.value(result, sh.focusNode), results.value(result, sh.resultPath)
        lines.append(f"{results.value(result, sh.resultMessage)} ({focus} {path or ''})")
    return sorted(lines) or ["does not conform"]


def triples(text):
    """N-Triples as a graph."""
    return rdflib.Graph().parse(data=text, format="nt")
