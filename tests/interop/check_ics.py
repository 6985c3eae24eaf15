#!/usr/bin/env python3
"""Checks a feed with two independent Python engines.

Usage: check_ics.py FEED.ics EXPECTED.json [FROM TO]

FEED.ics is parsed by `icalendar` in strict mode; a component with errors is a failure. Its occurrences are
expanded by `recurring_ical_events` between FROM and TO (dates, YYYY-MM-DD; by default the span of the expected
ones, a day wider on both sides) and compared with EXPECTED.json:

    [{"uid": "...", "start_utc": "2027-03-25T18:30:00Z", "end_utc": "2027-03-25T21:30:00Z"}, ...]

All-day events are given as midnight UTC of their first day and of the day after their last. Cancelled events
count as absent. Prints a diff and exits 1 if anything differs, 2 on wrong use, 0 otherwise.

Packages: icalendar, recurring-ical-events (see README.md).
"""

import datetime as dt
import json
import sys

import icalendar
import recurring_ical_events


def utc(value):
    """The instant of a date or date-time as text; dates are midnight UTC."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc)
    if value.tzinfo is None:
        raise SystemExit(f"floating time {value} in the feed")
    return value.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(path):
    """The calendar; ends the program if it is not exactly one, or has errors."""
    with open(path, "rb") as file:
        data = file.read()
    calendars = icalendar.Calendar.from_ical(data, multiple=True)
    if len(calendars) != 1:
        raise SystemExit(f"{path}: {len(calendars)} calendars")
    errors = [(part.name, error) for part in calendars[0].walk() for error in part.errors]
    if errors:
        for name, error in errors:
            print(f"{path}: {name}: {error}")
        raise SystemExit(1)
    # What was read can be written and read again.
    icalendar.Calendar.from_ical(calendars[0].to_ical())
    return calendars[0]


def occurrences(calendar, first, last):
    """Sorted (uid, start, end) of what takes place."""
    found = []
    for event in recurring_ical_events.of(calendar).between(first, last):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        start = event["DTSTART"].dt
        end = event["DTEND"].dt if "DTEND" in event else start
        found.append((str(event["UID"]), utc(start), utc(end)))
    return sorted(found)


def main(arguments):
    if len(arguments) not in (2, 4):
        print(__doc__, file=sys.stderr)
        return 2
    calendar = parse(arguments[0])
    with open(arguments[1], encoding="utf-8") as file:
        expected = sorted((one["uid"], one["start_utc"], one["end_utc"]) for one in json.load(file))
    if len(arguments) == 4:
        first, last = (dt.date.fromisoformat(text) for text in arguments[2:])
    elif expected:
        day = dt.timedelta(days=1)
        first = dt.date.fromisoformat(min(one[1] for one in expected)[:10]) - day
        last = dt.date.fromisoformat(max(one[2] for one in expected)[:10]) + day
    else:
        first, last = dt.date(2000, 1, 1), dt.date(2050, 1, 1)
    found = occurrences(calendar, first, last)
    missing, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    for sign, rows in (("-", missing), ("+", extra)):
        for uid, start, end in rows:
            print(f"{sign} {start} {end} {uid}")
    double = len(found) - len(set(found))
    if double:
        print(f"{double} occurrences are there twice")
    if missing or extra or double:
        return 1
    print(f"{len(found)} occurrences agree")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
