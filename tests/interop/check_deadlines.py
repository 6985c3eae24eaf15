#!/usr/bin/env python3
"""Lets programs that share no code with us read the deadlines of a year of councils, as days and as tasks.

Usage: check_deadlines.py BELFORT [NODE_MODULES]

Serves the demo's year of councils and reads the feed of its clerk. Prints a line per check and exits 1 at the first that
fails.

1. Both calendars parse strictly in Python icalendar and, where NODE_MODULES is given, in ical.js.
2. A task is due on the day, or at the instant, that a count of its own gives: calendar days before its session.
3. Every task has the properties that lists of tasks need, done ones say when, and none is an event too.
4. recurring-ical-events finds each day once; its day is the last working day on or before that of the task.
5. vdirsyncer takes each calendar apart and keeps every entry, and fetches nothing the second time.
6. The sessions of a member stand at their hours, with a way to their file.
"""

import datetime as dt
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import recurring_ical_events

import check_ics
from town import check, run

HERE = pathlib.Path(__file__).resolve().parent
# Days before its session by which something must be done, by rule (articles 20 and 22).
BEFORE = {"convocation-sent": 8, "agenda-public": 8}
# What must be done after a session, however late.
AFTER = {"decision-list", "draft-minutes-available", "minutes-approved", "regulations-full-text"}
UID = re.compile(r"^(?P<session>[0-9a-f-]{36})-(?P<rule>[a-z-]+?)(?:-(?P<of>\d+))?-(?P<shape>todo|event)@zittingen$")


def named(component):
    """Session, rule and event of an entry."""
    found = UID.match(str(component["UID"]))
    check(f"UID {component['UID']}", found is not None) if found is None else None
    return found.group("session", "rule", "of")


def calendar(folder, name, url, modules):
    """A feed, read by every engine at hand."""
    path = folder / f"{name}.ics"
    with urllib.request.urlopen(url, timeout=60) as answer:
        path.write_bytes(answer.read())
    parsed = check_ics.parse(path)
    check(f"{name}: Python icalendar strict", True, f"{len(parsed.subcomponents)} components")
    if modules:
        script = folder / "todos.mjs"
        if not script.exists():
            script.write_text(
                'import { readFileSync } from "node:fs";\nimport ICAL from "ical.js";\n'
                'const all = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));\n'
                'const due = all.getAllSubcomponents("vtodo").filter((todo) => todo.getFirstPropertyValue("due"));\n'
                'console.log(JSON.stringify([due.length, all.getAllSubcomponents("vevent").length]));\n')
            packages = folder / "node_modules"
            if not packages.exists():
                packages.symlink_to(pathlib.Path(modules).resolve())
        read = run("node", str(script), str(path))
        found = json.loads(read.stdout) if read.returncode == 0 else read.stderr[-300:]
        check(f"{name}: ical.js", found == [len(parsed.todos), len(parsed.events)], str(found))
    return parsed


def tasks(parsed, sessions):
    """Checks every task; answers the day on which each is due."""
    due = {}
    states = {"NEEDS-ACTION": 0, "COMPLETED": 0, "CANCELLED": 0}
    counted = 0
    for todo in parsed.todos:
        key = named(todo)
        check(f"{key} twice", False) if key in due else None
        missing = [name for name in ("SUMMARY", "DESCRIPTION", "DUE", "STATUS", "URL", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED")
                   if name not in todo]
        check(f"{key} lacks {missing}", False) if missing else None
        states[str(todo["STATUS"])] += 1
        if (str(todo["STATUS"]) == "COMPLETED") != ("COMPLETED" in todo):
            check(f"{key}: what is done says when", False)
        at = todo["DUE"].dt
        due[key] = at.date() if isinstance(at, dt.datetime) else at
        session, rule, _ = key
        if rule in BEFORE and session in sessions and "gemeenteraad-2" in str(todo["URL"]):
            wanted = sessions[session] - dt.timedelta(days=BEFORE[rule])
            counted += 1
            check(f"{key}: due {at}, by a count of its own {wanted}", False) if at != wanted else None
    told = states["NEEDS-ACTION"] > 5 and states["COMPLETED"] > 5
    check("tasks say what, by when, how they stand and where", len(due) > 20 and told, str(states))
    old = dt.date.today() - dt.timedelta(days=95)
    nagging = [named(todo) for todo in parsed.todos if due[named(todo)] < old and named(todo)[1] not in AFTER]
    check("what no longer can be done is not asked for long", not nagging, str(nagging))
    check("they are due on the day that a count of its own gives", counted > 5, f"{counted}")
    return due


def days(parsed, due):
    """Checks every day against the task that it goes with."""
    whole = lambda event: not isinstance(event["DTSTART"].dt, dt.datetime)
    events = {named(event): event for event in parsed.events}
    check("each day is there once", len(events) == len(parsed.events), f"{len(events)}")
    check("no task is missing among the days", set(due) <= set(events), str(set(due) - set(events)))
    both = [(due[key], events[key]["DTSTART"].dt) for key in due if whole(events[key])]
    early = all(day <= task and day.weekday() < 5 and (task - day).days <= 10 for task, day in both)
    check("days are the last working day on or before the task's", early and len(both) > 10, f"{len(both)}")
    check("they leave the time free", all(str(event["TRANSP"]) == "TRANSPARENT" for event in parsed.events))
    standing = [event for event in parsed.events if str(event["STATUS"]) != "CANCELLED"]
    first = min(event["DTSTART"].dt if whole(event) else event["DTSTART"].dt.date() for event in standing)
    found = [one for one in recurring_ical_events.of(parsed).between(first, first + dt.timedelta(days=1500))
             if str(one["STATUS"]) != "CANCELLED"]
    check("recurring-ical-events finds each", len(found) == len(standing), f"{len(found)} of {len(standing)}")


def taken_apart(folder, name, url, count):
    """vdirsyncer fetches a feed twice."""
    config = folder / f"{name}.vdirsyncer"
    config.write_text(
        f'[general]\nstatus_path = "{folder}/{name}.status/"\n[pair one]\na = "feed"\nb = "disk"\n'
        f'collections = null\nconflict_resolution = "a wins"\n[storage feed]\ntype = "http"\nurl = "{url}"\n'
        f'[storage disk]\ntype = "filesystem"\npath = "{folder}/{name}/"\nfileext = ".ics"\n')
    sync = [str(pathlib.Path(sys.executable).parent / "vdirsyncer"), "-c", str(config)]
    told = [run(*sync, "discover", input="y\n"), run(*sync, "sync"), run(*sync, "sync")]
    items = len(list((folder / name).glob("*.ics")))
    quiet = "Copying" not in told[2].stderr and "Deleting" not in told[2].stderr
    good = all(one.returncode == 0 for one in told) and items == count and quiet
    check(f"{name}: vdirsyncer keeps every entry, once", good, f"{items} of {count}")


def proof(belfort, folder, modules=None):
    """Runs every check."""
    server = subprocess.Popen(
        [belfort, "demo", "--council-year", "--data", str(folder / "councils"), "--listen", "127.0.0.1:0", "--no-kiosk",
         "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        demo = json.loads(server.stdout.readline())
        feeds = {feed["scope"].split(":")[0]: feed["url"] for feed in demo["feeds"]}
        with urllib.request.urlopen(f"{demo['portal_url']}.ics?body=gemeenteraad", timeout=60) as answer:
            (folder / "public.ics").write_bytes(answer.read())
        public = check_ics.parse(folder / "public.ics")
        attended = calendar(folder, "sessions", feeds["sessions"], modules)
        sat = [one for one in attended.events if not UID.match(str(one["UID"]))]
        starts = {str(one["UID"]).split("@")[0]: one["DTSTART"].dt.date() for one in sat}
        links = all(str(one["URL"]).endswith("/file") for one in sat)
        rights = [one for one in attended.events if one not in sat]
        check("until when a member may add items", all(named(one)[1] == "member-item" for one in rights), f"{len(rights)}")
        check("a member's sessions lead to their file", links and len(starts) > 3, f"{len(starts)}")
        hours = lambda parsed: {str(one["UID"]): check_ics.utc(one["DTSTART"].dt) for one in parsed.events}
        shared = hours(public).items() & hours(attended).items()
        both = hours(public).keys() & hours(attended).keys()
        check("members and public read the same hours", len(shared) == len(both) > 2, f"{len(shared)}")
        asked = feeds["deadlines"] + "?as=todos"
        due = tasks(calendar(folder, "tasks", asked, modules), starts)
        parsed = calendar(folder, "days", feeds["deadlines"], modules)
        days(parsed, due)
        taken_apart(folder, "tasks", asked, len(due))
        taken_apart(folder, "days", feeds["deadlines"], len(parsed.events))
    finally:
        server.terminate()
        server.wait(20)


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        proof(arguments[0], pathlib.Path(name), *arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
