#!/usr/bin/env python3
"""Serves the demo town and lets programs that share no code with us read it.

Usage: run.py BELFORT [NODE_MODULES [PACKAGES]]

BELFORT is the program. The Python packages of README.md must be installed; ical.js is looked for in
NODE_MODULES, the libical reader is built with gcc, PACKAGES holds packages with calendars (samples.py). Prints a
line per check and exits 1 at the first that fails.

1. Every feed parses strictly in Python icalendar, in ical.js and in libical.
2. The dates that Python recurring-ical-events makes of the feeds of a room, a person and the town equal those
   in the store.
3. vdirsyncer fetches the room's feed twice, the second time without a change, and khal lists the room's day.
4. Generated series are expanded as we do (check_series.py).
5. A year of councils: its deadlines are read as days and as tasks (check_deadlines.py).
6. The sample calendars of other programs go from town to town unchanged (samples.py).
"""

import collections
import datetime as dt
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

import check_deadlines
import check_ics
import check_series
import samples
from town import check, run

HERE = pathlib.Path(__file__).resolve().parent
SPAN = dt.timedelta(days=400)
SEED, SERIES = 20270328, 1000


def fetch(url, token=None):
    """The body of an address."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return answer.read()


def planned(meetings, wanted):
    """(start, end) of every date that stands, with how often, of the meetings that `wanted` accepts."""
    dates = collections.Counter()
    for meeting in meetings:
        if meeting["status"] == "cancelled":
            continue
        for date in meeting["occurrences"]:
            if date["run"] == "planned" and wanted(meeting, date):
                dates[(date["start"][:19], date["end"][:19])] += 1
    return dates


def expanded(path, first, last):
    """(start, end) of every date that an independent engine makes of a feed, with how often."""
    found = check_ics.occurrences(check_ics.parse(path), first, last)
    return collections.Counter((start[:19], end[:19]) for _, start, end in found)


def compare(name, path, expected):
    """The dates of a feed equal those of the store, as far as both look."""
    today = dt.date.today()
    first, last = today - dt.timedelta(days=60), today + SPAN
    inside = lambda start: first.isoformat() < start[:10] < last.isoformat()
    cut = lambda dates: collections.Counter({key: n for key, n in dates.items() if inside(key[0])})
    found, wanted = cut(expanded(path, first, last)), cut(expected)
    check(f"{name}: dates equal the store's", found == wanted,
          f"{sum(found.values())}" if found == wanted else f"missing {wanted - found} extra {found - wanted}")


def subscribe(folder, url, day):
    """What khal lists of a day, after vdirsyncer has fetched the feed twice."""
    config = folder / "vdirsyncer"
    config.write_text(
        f'[general]\nstatus_path = "{folder}/status/"\n[pair room]\na = "feed"\nb = "disk"\n'
        f'collections = null\nconflict_resolution = "a wins"\n[storage feed]\ntype = "http"\nurl = "{url}"\n'
        f'[storage disk]\ntype = "filesystem"\npath = "{folder}/room/"\nfileext = ".ics"\n')
    khal = folder / "khal"
    khal.write_text(f"[calendars]\n[[room]]\npath = {folder}/room/\n[locale]\nlocal_timezone = Europe/Brussels\n"
                    "default_timezone = Europe/Brussels\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
                    "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n"
                    "longdatetimeformat = %Y-%m-%d %H:%M\n[sqlite]\npath = " + str(folder / "khal.db") + "\n")
    tool = lambda name: str(pathlib.Path(sys.executable).parent / name)
    sync = [tool("vdirsyncer"), "-c", str(config)]
    first = run(*sync, "discover", input="y\n")
    check("vdirsyncer discovers", first.returncode == 0, first.stderr[-300:] if first.returncode else "")
    once, twice = run(*sync, "sync"), run(*sync, "sync")
    check("vdirsyncer fetches", once.returncode == 0, once.stderr[-300:] if once.returncode else "")
    items = len(list((folder / "room").glob("*.ics")))
    check("vdirsyncer keeps every meeting", items > 10, f"{items} items")
    check("a second fetch changes nothing", "Copying" not in twice.stderr and "Deleting" not in twice.stderr)
    listed = run(tool("khal"), "-c", str(khal), "list", "--format", "{start-time} {title}",
                 "--day-format", "", day, "1d")
    check("khal lists", listed.returncode == 0, listed.stderr[-300:] if listed.returncode else "")
    return sorted(line.strip() for line in listed.stdout.splitlines() if line.strip())


def beside(folder, modules):
    """The ical.js reader, put beside its package: imports are looked for from where the file is."""
    script = folder / "check_icaljs.mjs"
    if not script.exists():
        script.write_bytes((HERE / "check_icaljs.mjs").read_bytes())
        (folder / "node_modules").symlink_to(pathlib.Path(modules).resolve())
    return script


def main(arguments):
    """Runs every check."""
    if len(arguments) not in (1, 2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    belfort = arguments[0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        reader = folder / "check_libical"
        flags = run("pkg-config", "--cflags", "--libs", "libical").stdout.split()
        built = run("cc", "-o", str(reader), str(HERE / "check_libical.c"), *flags)
        check("the libical reader is built", built.returncode == 0, built.stderr[-300:])
        server = subprocess.Popen(
            [belfort, "demo", "--data", str(folder / "town"), "--listen", "127.0.0.1:0", "--no-kiosk", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            demo = json.loads(server.stdout.readline())
            checks(belfort, demo, folder, reader, arguments[1:2])
        finally:
            server.terminate()
            server.wait(20)
        check_series.proof(belfort, folder, SEED, SERIES)
        check_deadlines.proof(belfort, folder, *arguments[1:2])
        if arguments[2:]:
            samples.proof(belfort, arguments[2])
    return 0


def checks(belfort, demo, folder, reader, modules):
    """Every check on the running town."""
    lines = run(belfort, "export", "json", "--data", demo["data"]).stdout.splitlines()
    meetings = [json.loads(line) for line in lines]
    check("the store is exported", len(meetings) >= 600, f"{len(meetings)} meetings")
    paths = {}
    for feed in demo["feeds"]:
        kind = feed["scope"].split(":")[0]
        path = folder / f"{kind}.ics"
        path.write_bytes(fetch(feed["url"]))
        check_ics.parse(path)
        paths[kind] = (path, feed)
        if modules:
            today = dt.date.today()
            read = run("node", str(beside(folder, modules[0])), str(path), str(today),
                       str(today + dt.timedelta(30)))
            check(f"{kind}: ical.js", read.returncode == 0, (read.stdout + read.stderr)[-300:].strip())
        read = run(str(reader), str(path))
        check(f"{kind}: Python icalendar strict, libical", read.returncode == 0, (read.stdout + read.stderr)[-200:].strip())
    rooms = lambda meeting, date: date["rooms"] or meeting["rooms"]
    compare("room", paths["room"][0], planned(meetings, lambda m, d: "raadzaal" in rooms(m, d)))
    owner = paths["person"][1]["scope"].split(":", 1)[1]
    mine = lambda m, d: m["organiser"] == owner or any(p["email"] == owner for p in m["participants"])
    compare("person", paths["person"][0], planned(meetings, mine))
    compare("town", paths["town"][0], planned(meetings, lambda m, d: True))
    day = (dt.date.today() + dt.timedelta(days=1)).isoformat()
    seen = subscribe(folder, paths["room"][1]["url"], day)
    told = json.loads(fetch(f"{demo['base_url']}/api/v1/rooms/raadzaal/day/{day}", demo["tokens"]["device"]))
    busy = {"closed": "Besloten zitting"}
    want = sorted(f"{one['local_start'][11:16]} {one['title'] or (busy['closed'] if one['closed'] else 'Bezet')}"
                  for one in told["meetings"])
    check("khal lists the room's day as the API does", seen == want, f"{want}" if seen == want else f"{seen} {want}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
