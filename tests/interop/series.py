"""Recurring meetings as people ask for them, and around the nights in which the clock changes.

The same seed gives the same meetings. Nothing here knows how Belfort works: a series is what somebody types.
"""

import dataclasses
import datetime as dt
import random
import zoneinfo

# The night before which the clock goes forward, back, and forward, in Brussels; in New York and elsewhere it is
# another night, and in Lord Howe only by half an hour.
NIGHTS = [dt.date(2027, 3, 28), dt.date(2027, 10, 31), dt.date(2028, 3, 26)]
NIGHTS_ELSEWHERE = {"America/New_York": [dt.date(2027, 3, 14), dt.date(2027, 11, 7)],
                    "Australia/Lord_Howe": [dt.date(2027, 4, 4), dt.date(2027, 10, 3)]}
ZONES = ["Europe/Brussels"] * 14 + ["America/New_York"] * 3 + [
    "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "UTC"]
NIGHTLY = ["00:30", "01:00", "01:30", "01:59", "02:00", "02:15", "02:30", "02:59", "03:00", "22:00", "23:30"]
DAILY = ["08:30", "09:00", "10:15", "12:00", "13:30", "16:00", "19:00", "20:00"]
MINUTES = [15, 30, 45, 60, 60, 60, 90, 120, 150, 240, 480, 600, 24 * 60, 25 * 60, 48 * 60]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@dataclasses.dataclass
class Series:
    """What somebody asks for: wall times in a zone, and a rule."""
    title: str
    start: dt.datetime
    end: dt.datetime
    zone: str
    rule: str

    def instant(self, when):
        """The instant of a wall time, RFC 5545 3.3.5: offset before the gap, the first of two."""
        return when.replace(tzinfo=zoneinfo.ZoneInfo(self.zone), fold=0).astimezone(dt.timezone.utc)


def make(seed, count):
    """`count` series."""
    chance = random.Random(seed)
    return [one(chance, f"Reeks {number:04}") for number in range(count)]


def one(chance, title):
    """One series."""
    zone = chance.choice(ZONES)
    day = near_a_night(chance, zone) if chance.random() < 0.5 else \
        dt.date(2027, 1, 13) + dt.timedelta(chance.randrange(480))
    shape = chance.choice([daily, weekly, weekly, weekly, monthly_day, monthly_weekday, monthly_position,
                           yearly_day, yearly_weekday, odd])
    if shape in (monthly_day, yearly_day) and chance.random() < 0.5:
        day = ends_a_month(chance, day)
    time = dt.time.fromisoformat(chance.choice(NIGHTLY if chance.random() < 0.6 else DAILY))
    start = dt.datetime.combine(day, time)
    made = Series(title, start, start + dt.timedelta(minutes=chance.choice(MINUTES)), zone, "")
    exact, wall = made.instant(made.end) - made.instant(made.start), made.end - made.start
    if not exact % dt.timedelta(1) and wall % dt.timedelta(1):
        # 25 hours on the wall that are 24 on the clock: the store has no word for them (a length of whole days is
        # taken as counted on the wall), so that the meeting would end an hour early. Nobody books that.
        made.end += dt.timedelta(hours=2)
    if exact <= dt.timedelta(0):
        # In the night the clock goes forward, 02:30 to 03:00 is no time at all.
        made.end += dt.timedelta(hours=1)
    rule, step = shape(chance, start)
    made.rule = rule + end(chance, made, step)
    return made


def near_a_night(chance, zone):
    """A day on which, or some days before, the clock changes."""
    night = chance.choice(NIGHTS_ELSEWHERE.get(zone, NIGHTS))
    return max(night - dt.timedelta(chance.choice([0, 0, 1, 2, 7, 7, 14, 28, 35])), dt.date(2027, 1, 13))


def ends_a_month(chance, day):
    """A 29th, 30th or 31st: days that some months do not have."""
    return dt.date(2027, chance.choice([1, 3, 5, 7, 8, 10, 12]), chance.choice([29, 30, 31]))


def end(chance, series, step):
    """COUNT, UNTIL or neither; UNTIL often at the very instant of a date, or a second before it."""
    draw = chance.random()
    if draw < 0.4:
        return f";COUNT={chance.randint(2, 40)}"
    if draw < 0.8:
        last = series.start + step * chance.randint(1, 40) - dt.timedelta(seconds=chance.choice([0, 0, 0, 1]))
        return f";UNTIL={max(series.instant(last), series.instant(series.start)):%Y%m%dT%H%M%SZ}"
    # A day that recurs for ever makes a long feed, and says no more than 60 of them.
    return "" if step >= dt.timedelta(7) else ";COUNT=60"


def interval(chance):
    """INTERVAL, mostly absent."""
    every = chance.choice([1, 1, 1, 2, 2, 3, 4])
    return every, f";INTERVAL={every}" if every > 1 else ""


def week_start(chance):
    """WKST, which matters with INTERVAL."""
    return chance.choice(["", "", ";WKST=MO", ";WKST=SU", ";WKST=WE"])


def daily(chance, _start):
    every, said = interval(chance)
    return f"FREQ=DAILY{said}", dt.timedelta(every)


def weekly(chance, start):
    every, said = interval(chance)
    days = sorted({start.weekday(), *chance.sample(range(7), chance.choice([0, 0, 1, 2, 4]))})
    by = f";BYDAY={','.join(DAYS[day] for day in days)}" if chance.random() < 0.8 else ""
    return f"FREQ=WEEKLY{said}{week_start(chance)}{by}", dt.timedelta(7 * every)


def monthly_day(chance, start):
    every, said = interval(chance)
    by = chance.choice(["", f";BYMONTHDAY={start.day}", from_the_end(start)])
    return f"FREQ=MONTHLY{said}{by}", dt.timedelta(30 * every)


def from_the_end(start):
    """BYMONTHDAY counted from the end of the month: -1 is its last day."""
    following = (start.replace(day=28) + dt.timedelta(4)).replace(day=1)
    return f";BYMONTHDAY={start.day - (following - dt.timedelta(1)).day - 1}"


def ordinal(chance, start):
    """The weekday of the start, counted in its month from the front or the end."""
    following = (start.replace(day=28) + dt.timedelta(4)).replace(day=1)
    left = (following - dt.timedelta(1)).day - start.day
    return chance.choice([(start.day - 1) // 7 + 1, -(left // 7) - 1])


def monthly_weekday(chance, start):
    every, said = interval(chance)
    return f"FREQ=MONTHLY{said};BYDAY={ordinal(chance, start)}{DAYS[start.weekday()]}", dt.timedelta(30 * every)


def monthly_position(chance, start):
    """The nth of several weekdays; the start is mostly not one of them, so that we make it dates."""
    every, said = interval(chance)
    days = chance.choice(["MO,TU,WE,TH,FR", "SA,SU", DAYS[start.weekday()]])
    return f"FREQ=MONTHLY{said};BYDAY={days};BYSETPOS={chance.choice([1, 2, -1, -2])}", dt.timedelta(30 * every)


def yearly_day(chance, start):
    by = chance.choice(["", f";BYMONTH={start.month};BYMONTHDAY={start.day}", f";BYMONTH={start.month}"])
    return f"FREQ=YEARLY{by}", dt.timedelta(365)


def yearly_weekday(chance, start):
    by = f";BYMONTH={start.month};BYDAY={ordinal(chance, start)}{DAYS[start.weekday()]}"
    return f"FREQ=YEARLY{by}", dt.timedelta(365)


def odd(chance, start):
    """Rules outside what Exchange reads: we keep and publish their dates."""
    month = dt.timedelta(30)
    own = DAYS[start.weekday()]
    return chance.choice([
        (f"FREQ=MONTHLY;BYMONTHDAY={start.day},{start.day // 2 + 1},-1", month),
        (f"FREQ=MONTHLY;BYDAY={own};BYMONTHDAY={','.join(str(day) for day in range(1, 16))}", month),
        (f"FREQ=YEARLY;BYMONTH={start.month},{start.month % 12 + 1};BYDAY={own}", month),
        (f"FREQ=YEARLY;BYYEARDAY={start.timetuple().tm_yday},100,-1", dt.timedelta(120)),
        (f"FREQ=YEARLY;BYWEEKNO={start.isocalendar().week};BYDAY={own}", dt.timedelta(365)),
        (f"FREQ=DAILY;BYMONTH={start.month};BYDAY={own},MO", dt.timedelta(10)),
        (f"FREQ=WEEKLY;INTERVAL=2;BYMONTH={start.month},{start.month % 12 + 1};BYDAY={own}", month),
        (f"FREQ=MONTHLY;BYDAY={own},2MO", month),
    ])
