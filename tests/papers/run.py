#!/usr/bin/env python3
"""Lets programs that share no code with us read agenda packs.

Usage: run.py FOLDER

FOLDER holds the packs that the test `packs_for_another_reader` made (tests/promises/documents_markers.rs, through the
router, on the real store) when BELFORT_PACKS named it. They are read with pypdf, qpdf and poppler's pdftotext. Needs
`pip install pypdf` and Debian `qpdf poppler-utils`. Prints a line per check and exits 1 at the first that fails.
"""

import pathlib
import re
import subprocess
import sys

import pypdf

CLOSED = ["merkbeslotentitel", "merkbeslotennota", "merkbeslotenontwerp", "merkbeslotenstuk", "tuchtmaatregel"]
FILE = ["merkopenbaartitel", "merkopenbaarnota", "merkopenbaarontwerp", "merkledenstuk"]


def check(what, holds, seen=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        print(seen)
        sys.exit(1)


def outline(reader):
    """The bookmarks: depth, words, page from 0 on."""
    found = []

    def walk(entries, depth):
        for entry in entries:
            if isinstance(entry, list):
                walk(entry, depth + 1)
            else:
                found.append((depth, entry.title, reader.get_destination_page_number(entry)))

    walk(reader.outline, 0)
    return found


def text_of(path):
    """What pdftotext reads, page by page."""
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True)
    return text.stdout.split("\f")[:-1]


def sound(path):
    outcome = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True)
    check(f"{path.name}: qpdf finds no fault", outcome.returncode == 0, outcome.stdout + outcome.stderr)


def own_pack(path):
    reader, pages = pypdf.PdfReader(path), text_of(path)
    check("own: as many pages for both readers", len(reader.pages) == len(pages) == 130, len(reader.pages))
    for number, page in enumerate(pages, 1):
        numbered = re.search(rf"\b{number} / {len(pages)}\s*$", page)
        if not numbered:
            check(f"own: page {number} bears its number", False, page)
    check("own: each page bears its number", True)
    marks = outline(reader)
    words = [words for _, words, _ in marks]
    for wanted in ["Agenda", "Openbaar deel", "Besloten deel", "merkvrijstuk", "merkbeslotenstuk"]:
        check(f"own: a bookmark says {wanted}", wanted in words, words)
    check("own: bookmarks lead to pages that say what they say",
          all(words.split(" · ")[0].split()[-1] in " ".join(pages[page].split()) for depth, words, page in marks
              if depth > 0 and "Lange" not in words), marks)
    long = next(page for _, words, page in marks if words.startswith("Lange bijlage"))
    check("own: 120 pages of one document stand in order",
          all(f"bijlage bladzijde {n + 1}\n" in pages[long + n] + "\n" for n in range(120)))
    whole = "\n".join(pages)
    check("own: all that the member may read is there", all(word in whole for word in CLOSED + FILE), whole[:4000])
    check("own: what is confidential is not", "merkgeheim" not in whole)
    links = [link for page in reader.pages[:3] for link in page.get("/Annots", [])]
    check("own: the agenda leads to its items", len(links) >= 7, links)


def public_pack(path):
    reader, whole = pypdf.PdfReader(path), "\n".join(text_of(path))
    check("public: what is public is there", "merkvrijstuk" in whole and "fietspad" in whole, whole)
    check("public: nothing closed, nothing of the file",
          not any(word in whole for word in CLOSED + FILE + ["merkgeheim"]), whole)
    hidden = repr(outline(reader)) + repr(reader.xmp_metadata and reader.xmp_metadata.stream.get_data())
    check("public: neither in bookmarks nor in metadata", not any(word in hidden for word in CLOSED + FILE), hidden)
    streams = b"".join(o.get_object().get_data() for o in objects(reader) if hasattr(o.get_object(), "get_data"))
    check("public: nor in any stream of the file", not any(word.encode() in streams for word in CLOSED + FILE))


def objects(reader):
    return [pypdf.generic.IndirectObject(number, generation, reader)
            for generation, table in reader.xref.items() for number in table if number > 0]


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, read in [("own.pdf", own_pack), ("public.pdf", public_pack)]:
        sound(folder / name)
        read(folder / name)


if __name__ == "__main__":
    main()
