#!/usr/bin/env python3
"""Takes the calendars that other programs test themselves with through two towns.

Usage: samples.py BELFORT FOLDER

FOLDER holds packages as their registries give them (.tar.gz, .tgz, .zip, .whl); `.ci/run` fetches them, nothing of
them is kept here. Every .ics file in them is imported into a fresh town, at the time of its first event, for an
export shows the months around today. What the town then publishes is imported into a second fresh town, which must
take all of it and publish the same.

No step may end otherwise than with status 0, or 1 and a sentence, nor take longer than 10 seconds.
"""

import concurrent.futures
import datetime as dt
import functools
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
import zoneinfo

import dateutil.rrule

import town

LIMIT = 10
ORGANISER = ["--organiser", town.ORGANISER]
# What a town gives of itself: identity and the moments at which it learnt of a meeting.
OWN = ("UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "RELATED-TO")
MAX_ROOMS = 60
# An export shows 90 days before today and 18 months after; off its edges.
BEFORE, WINDOW = dt.timedelta(days=85), dt.timedelta(days=515)


def calendars(folder):
    """Name and content of every different .ics file in the packages."""
    seen = {}
    for package in sorted(pathlib.Path(folder).iterdir()):
        if package.name.endswith((".tar.gz", ".tgz")):
            with tarfile.open(package) as packed:
                found = [(one.name, packed.extractfile(one).read()) for one in packed if one.isfile()
                         and one.name.lower().endswith(".ics")]
        elif package.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(package) as packed:
                found = [(name, packed.read(name)) for name in packed.namelist() if name.lower().endswith(".ics")]
        else:
            continue
        for name, content in found:
            seen.setdefault(hashlib.sha256(content).digest(), (f"{package.name}: {name}", content))
    return sorted(seen.values())


def rooms(files):
    """Names of rooms that the calendars speak of, so that some of their events find one."""
    told = {}
    for _, content in files:
        for text in re.findall(rb"^LOCATION[^:\r\n]*:([^,;(/\\\r\n:]{2,40})\r?$", content, re.M):
            text = text.decode("utf-8", "replace").strip()
            slug = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", text.lower())).strip("-")
            if text.isprintable() and slug and not text.startswith("-"):
                told.setdefault(slug, text)
    return sorted(told.values())[:MAX_ROOMS]


def moment(content):
    """The day of the first event; a year of which every clock and every program knows if none is told."""
    days = [text.decode() for text in re.findall(rb"^DTSTART[^:\r\n]*:(\d{8})", unzoned(content), re.M)]
    days = [day for day in days if "1981" <= day[:4] <= "2090"]
    try:
        return dt.datetime.strptime(min(days), "%Y%m%d") if days else dt.datetime(2027, 1, 11)
    except ValueError:
        return dt.datetime(2027, 1, 11)


def unzoned(content):
    """A calendar without its zones, which have a DTSTART too."""
    return re.sub(rb"(?s)BEGIN:VTIMEZONE.*?END:VTIMEZONE", b"", content)


class Ended(Exception):
    """A program ended as none may."""


@functools.cache
def clock():
    """Environment of a program whose time is set; asked once."""
    return town.clock(dt.datetime(2027, 1, 11))


def belfort(program, at, *command):
    """Status, output and words of a command; raises if it crashes, hangs or says nothing."""
    env = clock() | {"FAKETIME": f"@{at:%Y-%m-%d %H:%M:%S}"}
    try:
        done = subprocess.run([program, *command, "--lang", "en"], capture_output=True, timeout=LIMIT, check=False,
                              env=env)
    except subprocess.TimeoutExpired as late:
        raise Ended(f"{command[0]} takes more than {LIMIT} s") from late
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode not in (0, 1) or "panicked" in said or (done.returncode == 1 and len(said) < 10):
        raise Ended(f"{command[0]} ends with {done.returncode}: {said[-300:]}")
    return done.returncode, done.stdout, said


def essence(calendar, at):
    """The events of a calendar, less what a town gives of itself, in an order of their own.

    A single event means its instants: a town reads one in UTC as one of its own zone. And it is left out if it lies
    outside the window of an export, which goes by meetings: dates without a rule are all published as long as one of
    their meeting is in the window, and arrive in the other town as a meeting each.
    """
    events, now = [], None
    for line in calendar.decode().replace("\r\n ", "").split("\r\n"):
        if line == "BEGIN:VEVENT":
            now = []
        elif line == "END:VEVENT":
            now = dated(now)
            single = not any(part.startswith(("RRULE", "RECURRENCE-ID")) for part in now)
            start = max(part for part in now if part.startswith("DTSTART"))[-16:].rpartition(":")[2][:8]
            if not single or f"{at - BEFORE:%Y%m%d}" < start < f"{at + WINDOW:%Y%m%d}":
                events.append("\n".join(instants(part) if single else part for part in now))
            now = None
        elif now is not None and re.split("[:;]", line, maxsplit=1)[0] not in OWN:
            now.append(line)
    return sorted(events)


def dated(event):
    """A series that ends, with its dates in place of its rule and exceptions: there are several ways to say them.

    One town leaves out the last date by EXDATE, for it is shown as an event of its own; the other never knew it.
    """
    rule = next((part[6:] for part in event if re.match("RRULE:.*(COUNT|UNTIL)=", part)), None)
    start = next(re.fullmatch(r"DTSTART;TZID=([^:;]+):(\d{8}T\d{6})", part) for part in event
                 if part.startswith("DTSTART"))
    if not rule or not start:
        return event
    wall = dt.datetime.strptime(start[2], "%Y%m%dT%H%M%S").replace(tzinfo=zoneinfo.ZoneInfo(start[1]))
    gone = {part[-15:] for part in event if part.startswith("EXDATE;TZID")}
    dates = [f"{date:%Y%m%dT%H%M%S}" for date in dateutil.rrule.rrulestr(rule, dtstart=wall)]
    rest = [part for part in event if not part.startswith(("RRULE", "EXDATE;TZID"))]
    return [*rest, f"RRULE as dates: {' '.join(date for date in dates if date not in gone)}"]


def instants(line):
    """A start or end in UTC; any other line as it is."""
    told = re.fullmatch(r"(DTSTART|DTEND);TZID=([^:;]+):(\d{8}T\d{6})", line)
    if not told:
        return line
    wall = dt.datetime.strptime(told[3], "%Y%m%dT%H%M%S").replace(tzinfo=zoneinfo.ZoneInfo(told[2]))
    return f"{told[1]}:{wall.astimezone(dt.timezone.utc):%Y%m%dT%H%M%SZ}"


def through(program, template, folder, name, content):
    """What becomes of one calendar: (outcome, words)."""
    at = moment(content)
    one, two = folder / "one", folder / "two"
    for place in (one, two):
        shutil.copytree(template, place)
    source, published = folder / "in.ics", folder / "out.ics"
    source.write_bytes(content)
    take = lambda file, place, *more: belfort(
        program, at, "import", "ics", str(file), "--by-location", *ORGANISER, *more, "--data", str(place))
    give = lambda place: belfort(program, at, "export", "ics", "--data", str(place))
    outcome = "accepted"
    status, _, said = take(source, one)
    if status:
        # All or nothing: what does not fit is left out the second time.
        outcome = "partly"
        status, _, said = take(source, one, "--skip-conflicts")
    if status:
        return "refused", said
    status, first, said = give(one)
    if status:
        raise Ended(f"export: {said}")
    if b"BEGIN:VEVENT" not in first:
        return "nothing", ""
    published.write_bytes(first)
    status, _, said = take(published, two)
    if status:
        raise Ended(f"what a town publishes is refused by another: {said[:400]}")
    _, second, _ = give(two)
    before, after = essence(first, at), essence(second, at)
    if before != after:
        lost, new = [e for e in before if e not in after], [e for e in after if e not in before]
        raise Ended(f"{len(lost)} components change on the way:\n{chr(10).join(lost[:1])}\n---\n{chr(10).join(new[:1])}")
    return (outcome if before else "nothing"), ""


def proof(program, packages):
    """Every calendar of the packages; in memory where there is one, for two thousand towns mostly wait for the disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        taken(program, packages, pathlib.Path(name))


def taken(program, packages, folder):
    """The proof, in a folder that is there for it."""
    files = calendars(packages)
    town.check("packages ship calendars", len(files) >= 1000, f"{len(files)} different")
    template = folder / "template"
    town.Town(program, template, dt.datetime(1980, 1, 1), rooms(files))

    def one(number):
        name, content = files[number]
        place = folder / str(number)
        place.mkdir()
        try:
            return through(program, template, place, name, content)
        except Ended as why:
            return "failed", str(why)
        finally:
            shutil.rmtree(place)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(one, range(len(files))))
    for (name, _), (outcome, said) in zip(files, outcomes):
        if outcome == "failed" or (outcome == "refused" and os.environ.get("VERBOSE")):
            print(f"  {outcome} {name}: {said}")
    number = lambda *wanted: sum(outcome in wanted for outcome, _ in outcomes)
    town.check("two towns publish the same, and nothing crashes or hangs", not number("failed"),
               f"{len(files)} files: {number('accepted')} accepted whole, {number('partly')} in part, "
               f"{number('nothing')} without a meeting in the export's window, {number('refused')} refused, "
               f"{number('failed')} failed; {number('accepted', 'partly')} with meetings stable")


def main(arguments):
    """Runs the proof."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    proof(arguments[0], arguments[1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
