"""OParl 1.1 against what its schemas ask for: which fields there must be, of what kind, and that addresses lead on.

The table is written after the schemas of the specification (OParl 1.1, 2018); formats are those it names.
"""

import datetime as dt
import json

from published import path_of

TYPE = "https://schema.oparl.org/1.1/"
URL, TEXT, BOOL, INT, DATE, TIME, URLS, OBJECT, OBJECTS = range(9)
COMMON = {"id": URL, "type": TEXT, "created": TIME, "modified": TIME, "web": URL, "deleted": BOOL, "name": TEXT}
FIELDS = {
    "System": {"oparlVersion": TEXT, "body": URL, "website": URL},
    "Body": {
        "system": URL, "website": URL, "organization": URL, "person": URL, "meeting": URL, "paper": URL,
        "agendaItem": URL, "file": URL, "membership": URL, "legislativeTermList": URL, "legislativeTerm": OBJECTS,
    },
    "LegislativeTerm": {"body": URL, "startDate": DATE, "endDate": DATE},
    "Organization": {"body": URL, "membership": URLS, "meeting": URL},
    "Person": {"body": URL, "givenName": TEXT, "familyName": TEXT, "membership": OBJECTS},
    "Membership": {
        "person": URL, "organization": URL, "role": TEXT, "votingRight": BOOL, "startDate": DATE, "endDate": DATE,
    },
    "Meeting": {
        "meetingState": TEXT, "cancelled": BOOL, "start": TIME, "end": TIME, "location": OBJECT, "organization": URLS,
        "participant": URLS, "invitation": OBJECT, "resultsProtocol": OBJECT, "auxiliaryFile": OBJECTS,
        "agendaItem": OBJECTS,
    },
    "Location": {"description": TEXT},
    "AgendaItem": {
        "meeting": URL, "number": TEXT, "order": INT, "public": BOOL, "result": TEXT, "resolutionText": TEXT,
    },
    "Paper": {
        "body": URL, "date": DATE, "paperType": TEXT, "mainFile": OBJECT, "underDirectionOf": URLS,
    },
    "File": {
        "fileName": TEXT, "mimeType": TEXT, "date": DATE, "accessUrl": URL, "meeting": URLS,
    },
}
REQUIRED = {
    "System": ["oparlVersion", "body"],
    "Body": ["name", "organization", "person", "meeting", "paper", "legislativeTerm"],
    "AgendaItem": ["order"],
    "File": ["accessUrl"],
}
LISTS = {"body", "organization", "person", "meeting", "paper", "agendaItem", "file", "membership", "legislativeTermList"}


def value_fault(kind, value):
    """What is wrong with a value, or nothing."""
    if kind in (URL, TEXT, DATE, TIME):
        if not isinstance(value, str) or not value:
            return "is no text"
        if kind == URL and not value.startswith(("http://", "https://")):
            return "is no address"
        if kind == DATE:
            dt.date.fromisoformat(value)
        if kind == TIME and dt.datetime.fromisoformat(value).tzinfo is None:
            return "has no zone"
        return None
    if kind == URLS and not all(isinstance(one, str) and value_fault(URL, one) is None for one in value):
        return "is no list of addresses"
    wanted = {BOOL: bool, INT: int, URLS: list, OBJECT: dict, OBJECTS: list}[kind]
    return None if isinstance(value, wanted) else f"is no {wanted.__name__}"


def object_faults(thing, where):
    """What is wrong with an object and those inside it."""
    name = str(thing.get("type", "")).removeprefix(TYPE)
    if name not in FIELDS:
        return [f"{where}: unknown type {thing.get('type')}"]
    fields = COMMON | FIELDS[name]
    found = [f"{where}: {name} lacks {field}" for field in ["id", "type", *REQUIRED.get(name, [])] if field not in thing]
    for field, value in thing.items():
        if field not in fields:
            found.append(f"{where}: {name} knows no {field}")
            continue
        try:
            fault = value_fault(fields[field], value)
        except ValueError as error:
            fault = str(error)
        if fault:
            found.append(f"{where}: {name}.{field} {fault}: {value}")
        elif fields[field] in (OBJECT, OBJECTS):
            for one in value if isinstance(value, list) else [value]:
                found += object_faults(one, where)
    return found


def mutants():
    """Faults put into a good object, each with whether it is found."""
    good = {"id": "https://b.example/oparl/agendaitems/1", "type": TYPE + "AgendaItem", "order": 0, "public": True}
    assert not object_faults(good, "good")
    for field, value in [("order", "0"), ("public", "ja"), ("id", "1"), ("type", TYPE + "Agenda"), ("colour", "red"),
                         ("created", "2027-01-18T20:00:00")]:
        yield f"{field} = {value}", bool(object_faults(good | {field: value}, "mutant"))
    bare = {key: value for key, value in good.items() if key != "order"}
    yield "no order", bool(object_faults(bare, "mutant"))


def list_faults(page, where):
    """What is wrong with a page of a list."""
    pagination, links = page.get("pagination", {}), page.get("links", {})
    found = []
    for field in ("totalElements", "elementsPerPage", "currentPage", "totalPages"):
        if not isinstance(pagination.get(field), int):
            found.append(f"{where}: pagination lacks {field}")
    for field in ("first", "self", "last"):
        if field not in links:
            found.append(f"{where}: links lack {field}")
    last = pagination.get("currentPage") == pagination.get("totalPages")
    if last == ("next" in links):
        found.append(f"{where}: the link to the next page is wrong")
    return found


def check(site):
    """(objects seen, faults) of everything that the system leads to."""
    found, seen, waiting = [], {}, [site.base + "/oparl"]
    lists = set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        status, body = site.get(path_of(site.base, address))
        seen[address] = status
        if status != 200:
            found.append(f"{address}: {status}")
            continue
        thing = json.loads(body)
        if address in lists:
            found += list_faults(thing, address)
            for one in thing.get("data", []):
                found += object_faults(one, address)
                waiting.append(one["id"])
            following = thing.get("links", {}).get("next")
            if following:
                lists.add(following)
                waiting.append(following)
            continue
        found += object_faults(thing, address)
        if thing.get("id") != address:
            found.append(f"{address}: has another id {thing.get('id')}")
        kind = str(thing.get("type", "")).removeprefix(TYPE)
        for field, value in thing.items():
            outer = (kind, field) in {("System", "body"), ("Organization", "meeting")} or (kind == "Body" and field in LISTS)
            if outer:
                lists.add(value)
                waiting.append(value)
            elif FIELDS.get(kind, {}).get(field) in (URL, URLS) and field not in ("website", "web", "accessUrl"):
                waiting += [value] if isinstance(value, str) else value
    return len(seen), found
