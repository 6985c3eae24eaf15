#!/usr/bin/env python3
"""Brings generated series into a fresh town and lets an independent engine expand what the town publishes.

Usage: check_series.py BELFORT [COUNT [SEED]]

Two comparisons, date by date:
1. Asked: the rules as they were asked for, expanded by Python recurring-ical-events, against our store, for series
   that nobody changed. This judges our recurrence itself, also where we turn a rule into dates.
2. Published: the feed of the town, expanded by the same engine, against our store, for all of them. This judges
   what we write: rules, exceptions, moved and cancelled dates, zones.

The town lives on a fixed day, so that the same seed is the same run.
"""

import collections
import datetime as dt
import pathlib
import random
import re
import sys
import tempfile
import zoneinfo

import dateutil.rrule
import icalendar
import recurring_ical_events

import series
import town

UTC = dt.timezone.utc
NOW = dt.datetime(2027, 1, 11, 8)
# What is compared: inside the window of a feed, 18 months, and a day off its edges.
FIRST, LAST = dt.datetime(2027, 1, 12, tzinfo=UTC), dt.datetime(2028, 7, 1, tzinfo=UTC)
ROOMS = ["blauw", "geel", "groen", "rood", "wit"]


def when(value):
    """The instant of a date or time; a whole day begins at midnight in the town."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, tzinfo=zoneinfo.ZoneInfo("Europe/Brussels"))
    return value.astimezone(UTC)


def expanded(calendar):
    """(title, start, end) of every date that takes place, with how often, as the independent engine sees it.

    The engine reads X-WR-TIMEZONE as an order to bring all UTC times to that zone before it expands them, so that
    a series in UTC follows summer time and a time in the autumn night loses which of two it was. For RFC 5545 the
    property does not exist and a series in UTC stays in UTC; other programs take it for a name. Hence it goes.
    """
    calendar.pop("X-WR-TIMEZONE", None)
    found = collections.Counter()
    for event in recurring_ical_events.of(calendar).between(FIRST, LAST):
        if event.get("STATUS") != "CANCELLED" and when(event["DTSTART"].dt) >= FIRST:
            found[(str(event["SUMMARY"]), when(event["DTSTART"].dt), when(event["DTEND"].dt))] += 1
    return found


def stored(meetings):
    """The same of the store."""
    dates = collections.Counter()
    for meeting in meetings:
        for date in meeting["occurrences"]:
            start = town.instant(date["start"])
            if meeting["status"] != "cancelled" and date["run"] == "planned" and FIRST <= start < LAST:
                dates[(meeting["title"], start, town.instant(date["end"]))] += 1
    return dates


def compare(name, found, wanted, about):
    """The two are equal; if not, the first that differ are shown with what was asked for."""
    differ = sorted({date[0] for date in (found - wanted) + (wanted - found)})
    for title in differ[:8]:
        print(f"  {title}: {about.get(title)}")
        for sign, dates in (("missing", wanted - found), ("extra", found - wanted)):
            for _, start, end in sorted(date for date in dates if date[0] == title)[:4]:
                print(f"    {sign} {start:%a %Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC")
    town.check(name, not differ, f"{sum(wanted.values())} dates" if not differ else f"{len(differ)} series differ")


def lasting(dates, asked):
    """Dates as the independent engine sees them, with the end that RFC 5545 3.8.5.3 gives them.

    The engine adds the length on the wall: of a meeting from 22:00 to 04:00 it lets every date end at 04:00. The RFC
    says that the same exact duration applies to all, so that in the night before summer time it ends at 05:00. We do
    as the RFC says. Only whole days are counted on the wall, by us and by the engine: a meeting of two days that
    begins at noon ends at noon.
    """
    ends = collections.Counter()
    for (title, start, end), number in dates.items():
        one = asked[title]
        if (one.end - one.start) % dt.timedelta(1):
            end = start + (one.instant(one.end) - one.instant(one.start))
        ends[(title, start, end)] += number
    return ends


def event(one):
    """A series as a VEVENT that owes nothing to us."""
    made = icalendar.Event()
    zone = zoneinfo.ZoneInfo(one.zone)
    made.add("uid", one.title)
    made.add("summary", one.title)
    made.add("dtstamp", NOW.replace(tzinfo=UTC))
    made.add("dtstart", one.start.replace(tzinfo=zone))
    made.add("dtend", one.end.replace(tzinfo=zone))
    made.add("rrule", icalendar.vRecur.from_ical(told(one)))
    return made


def told(one):
    """The rule in words that the independent engine takes as RFC 5545 does.

    Of `BYDAY=SA,2MO` the engine (dateutil) makes the days that are both, hence none; RFC 5545 3.3.10 means all
    Saturdays and the second Monday. Said with an ordinal for each Saturday, it understands.

    The first date is the start, also if the rule would not make it, and it counts for COUNT (RFC 5545 3.8.5.3). The
    engine adds such a start without counting it; of the rest of such a series the RFC says nothing.
    """
    rule = re.sub(r"BYDAY=([A-Z]{2}),(?=\d)", lambda day: "BYDAY=" + "".join(f"{n}{day[1]}," for n in range(1, 6)),
                  one.rule)
    count = re.search(r"COUNT=(\d+)", rule)
    made = dateutil.rrule.rrulestr(re.sub(r";(COUNT|UNTIL)=\w+", "", rule), dtstart=one.start)
    if not count or next(iter(made), None) == one.start:
        return rule
    return rule.replace(count[0], f"COUNT={int(count[1]) - 1}")


def calendar(events):
    """A VCALENDAR, read from its text as a program would."""
    made = icalendar.Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//proof//series//EN")
    for one in events:
        made.add_component(one)
    made.add_missing_timezones()
    return icalendar.Calendar.from_ical(made.to_ical())


def book(served, one, room):
    """Books a series; in a room, dates that do not fit are left out, and if none fits it goes without a room."""
    wish = {"title": one.title, "start": f"{one.start:%Y-%m-%dT%H:%M}", "end": f"{one.end:%Y-%m-%dT%H:%M}",
            "zone": one.zone, "rrule": one.rule}
    if room:
        wish |= {"rooms": [room], "on_conflict": "skip"}
    status, sheet = served.ask("POST", "/api/v1/meetings", wish)
    if status == 409 and room:
        return book(served, one, None)
    if status != 201:
        raise SystemExit(f"{one} is refused: {status} {sheet}")
    return sheet


def change(served, chance, one, sheet):
    """Moves, calls off and splits, as people do."""
    dates = [date["occurrence"] for date in sheet["occurrences"]]
    for date in chance.sample(dates, min(len(dates), chance.choice([1, 2, 3]))):
        wish = None if chance.random() < 0.4 else moved(chance, one, date)
        edit(served, one, sheet, f"scope=this&occurrence={date}", wish)
    if len(dates) > 4 and chance.random() < 0.2:
        # From a date on an hour later, in a series of its own; never on another day, for the rule names the day.
        date = dates[len(dates) // 2]
        start = dt.datetime.fromisoformat(date)
        start += dt.timedelta(hours=1 if start.hour < 23 else -1)
        edit(served, one, sheet, f"scope=following&occurrence={date}", {"start": f"{start:%Y-%m-%dT%H:%M}"})


def edit(served, one, sheet, reach, wish):
    """One change, or without a wish one cancellation; only a room may stand in its way."""
    path = f"/api/v1/meetings/{sheet['id']}?{reach}"
    status, answer = served.ask("PATCH", path, wish) if wish else served.ask("DELETE", path)
    if status != 200 and not (status == 409 and sheet["rooms"]):
        raise SystemExit(f"{one} {reach} {wish}: {status} {answer}")


def moved(chance, one, date):
    """Another time for a date: some hours or days off, or into a night in which the clock changes."""
    start = dt.datetime.fromisoformat(date)
    start += dt.timedelta(hours=chance.choice([-3, -1, 0, 1, 2, 24, -24, 48]))
    if chance.random() < 0.3:
        night = chance.choice(series.NIGHTS_ELSEWHERE.get(one.zone, series.NIGHTS))
        start = dt.datetime.combine(night, dt.time.fromisoformat(chance.choice(series.NIGHTLY)))
    end = start + dt.timedelta(minutes=chance.choice([90, 120, 300]))
    return {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}"}


def main(arguments):
    """Runs both comparisons."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    count = int(arguments[1]) if len(arguments) > 1 else 1000
    seed = int(arguments[2]) if len(arguments) > 2 else 20270328
    with tempfile.TemporaryDirectory() as name:
        proof(arguments[0], pathlib.Path(name), seed, count)
    return 0


def proof(belfort, folder, seed, count):
    """Books, changes, reads and compares."""
    asked = {one.title: one for one in series.make(seed, count)}
    chance = random.Random(seed + 1)
    place = town.Town(belfort, folder / "series", NOW, ROOMS)
    untouched = []
    with town.Served(place) as served:
        for one in asked.values():
            room = chance.choice(ROOMS) if chance.random() < 0.15 else None
            sheet = book(served, one, room)
            # A series of which one date lies within the horizon is changed as a whole, whatever was asked
            # (`change_meeting`), and may then not go to another day.
            if len(sheet["occurrences"]) > 1 and chance.random() < 0.35:
                change(served, chance, one, sheet)
            elif not sheet["rooms"]:
                untouched.append(one)
        path = served.feed("town", folder / "series.ics")
        meetings = place.meetings()
    kept = stored(meetings)
    plain = {one.title for one in untouched}
    compare(f"{len(untouched)} series as they were asked for", lasting(expanded(calendar(map(event, untouched))), asked),
            collections.Counter({date: n for date, n in kept.items() if date[0] in plain}), asked)
    published = expanded(icalendar.Calendar.from_ical(path.read_bytes()))
    compare(f"{count} series as they are published", published, kept, asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
