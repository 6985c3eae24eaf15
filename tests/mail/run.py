#!/usr/bin/env python3
"""Lets a town invite six hundred people through a troublesome mail server, and reads what arrives.

Usage: run.py BELFORT NODE_MODULES

BELFORT is the program, ical.js is in NODE_MODULES; needs PyPI aiosmtpd and icalendar, and Debian faketime. Prints a
line per check and exits 1 at the first that fails.

1. Two meetings of 300 guests: each gets one invitation, though the mail server turns away, cuts off, keeps silent and
   dawdles (post_office.py).
2. Both change; the program is killed with -9 on the way and started again: each gets one mail of the new revision,
   with the next SEQUENCE. A mail that was answered at the moment of the kill may come again, with its Message-ID.
3. Links from the mails: looking says nothing, a button answers, and the API knows.
4. One is cancelled: each of its guests gets one CANCEL.
5. The program is asked to stop while mails are on the way: the next one sends the rest at once, and none twice.

Every calendar part is read by Python icalendar and by ical.js; the method of the part is that of the object.
"""

import collections
import datetime as dt
import email
import email.policy
import html
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request

import icalendar

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))

from town import Served, Town, check, clock, run  # noqa: E402

from post_office import Office  # noqa: E402

# Of each of two meetings; more with BELFORT_GUESTS.
GUESTS = int(os.environ.get("BELFORT_GUESTS", "300"))
LANGS = ("nl", "fr", "de", "en")
WORDS = {"nl": "Uitnodiging", "fr": "Invitation", "de": "Einladung", "en": "Invitation"}
# A Monday morning in Brussels: nobody sleeps.
NOW = dt.datetime(2027, 1, 18, 9, 0)


class Mail:
    """One delivered mail, read."""

    def __init__(self, recipient, message):
        self.recipient = recipient
        self.message = email.message_from_bytes(message, policy=email.policy.default)
        self.id = self.message["Message-ID"]
        parts = [part for part in self.message.walk() if part.get_content_type() == "text/calendar"]
        self.plain = self.message.get_body(("plain",)).get_content()
        self.objects = len(parts)
        self.text = parts[0].get_payload(decode=True).decode() if parts else ""
        self.param = parts[0].get_param("method") if parts else None
        self.charset = parts[0].get_content_charset() if parts else None
        if parts:
            calendar = icalendar.Calendar.from_ical(self.text)
            event = calendar.walk("VEVENT")[0]
            self.method, self.uid, self.sequence = str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"])
            self.status, self.attendee = str(event["STATUS"]), str(event["ATTENDEE"])


def wait(office, expected, said, limit=60):
    """Waits until so many mails were delivered, and then a little for one too many."""
    begun = time.monotonic()
    while office.count() < expected and time.monotonic() - begun < limit:
        time.sleep(0.05)
    took = time.monotonic() - begun
    time.sleep(1.5)
    check(said, office.count() >= expected, f"{office.count()} of {expected} in {took:.1f} s")
    return took


def once(mails, guests, said, again=0):
    """Each guest got one mail per meeting; at most `again` came twice, as the same message."""
    counts = collections.Counter((mail.recipient, mail.uid) for mail in mails)
    ids = collections.Counter(mail.id for mail in mails)
    missing = set(guests) - set(counts)
    extra = set(counts) - set(guests)
    twice = sum(count - 1 for count in ids.values())
    different = {key for key, count in counts.items() if count > 1
                 and len({mail.id for mail in mails if (mail.recipient, mail.uid) == key}) > 1}
    good = not missing and not extra and twice <= again and not different
    check(f"{said}: each gets one mail", good,
          f"{len(ids)} mails, {twice} twice" if good else f"missing {len(missing)} extra {len(extra)} twice {twice} {different}")


def read(mails, folder, method, sequences, said):
    """Both readers agree on every object, and each object is what it should be."""
    for mail in mails:
        fits = (mail.param == mail.method == method and mail.charset == "utf-8" and mail.objects == 1
                and mail.sequence == sequences[mail.uid] and mail.attendee == f"mailto:{mail.recipient}"
                and mail.message["Auto-Submitted"] == "auto-generated"
                and (mail.status == "CANCELLED") == (method == "CANCEL"))
        if not fits:
            check(f"{said}: Python icalendar", False, f"{mail.recipient} {vars(mail)}")
    check(f"{said}: Python icalendar", True, f"{len(mails)} objects, METHOD {method}, SEQUENCE {sorted(sequences.values())}")
    listed = folder / "objects.jsonl"
    listed.write_text("".join(json.dumps([mail.recipient, mail.text]) + "\n" for mail in mails))
    done = run("node", str(folder / "check_objects.mjs"), str(listed))
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    same = len(seen) == len(mails) and all(
        (one["recipient"], one["method"], one["uid"], one["sequence"]) == (m.recipient, method, m.uid, m.sequence)
        and one["attendees"] == [f"mailto:{m.recipient}"] and one["organizer"] == "mailto:organiser@town.example"
        and one["zones"] == 1
        for one, m in zip(seen, mails))
    check(f"{said}: ical.js agrees", same, done.stderr[-300:])


def book(served, number):
    """A meeting with so many guests; its sheet."""
    guests = [{"email": f"gast{number}.{i}@elders.example", "name": f"Gast {i} é", "lang": LANGS[i % 4], "mode": "remote"}
              for i in range(GUESTS)]
    status, sheet = ask(served, "POST", "/api/v1/meetings", {
        "title": f"Inspraak {number} – één", "start": f"2027-02-0{number}T19:00", "end": f"2027-02-0{number}T21:00",
        "privacy": "private", "conference": {"url": "https://meet.example/inspraak"}, "participants": guests})
    check(f"meeting {number} is booked", status == 201, str(sheet)[:200] if status != 201 else "")
    return sheet


def pairs(*sheets):
    """Every guest with the UID of their meeting."""
    return [(guest["email"], sheet["uid"]) for sheet in sheets for guest in sheet["participants"]]


def ask(served, method, path, body=None):
    """An answer of the API, over a new connection: the server ends one that was idle for long."""
    served.line.close()
    return served.ask(method, path, body)


def stop_redirects(*_, **__):
    return None


def press(url):
    """Presses a button; the status of the answer."""
    opener = urllib.request.build_opener(type("Stay", (urllib.request.HTTPRedirectHandler,),
                                              {"redirect_request": stop_redirects}))
    try:
        return opener.open(urllib.request.Request(url, b"", method="POST"), timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


def answers(served, sheet, mails):
    """Looks at links of all kinds, presses the button of some, and asks the API what arrived."""
    chosen, words = {}, ("remote", "tentative", "decline")
    modes = {"remote": "accepted", "tentative": "tentative", "decline": "declined"}
    for index, mail in enumerate([mail for mail in mails if mail.uid == sheet["uid"]][:60]):
        links = re.findall(r"https?://\S+/answer/[0-9a-f]+\?as=\w+", mail.plain)
        if not links:
            check("a mail holds links to answer", False, mail.plain)
        for link in links:
            page = urllib.request.urlopen(link, timeout=20).read().decode()
        word = words[index % 3]
        link = next(link for link in links if link.endswith(word))
        action = html.unescape(re.search(rf'action="(/answer/[0-9a-f]+/{word})"', page)[1])
        if index < 45:
            status = press(link.split("/answer/")[0] + action)
            if status != 303:
                check("a button answers", False, f"{status} {action}")
            chosen[mail.recipient] = modes[word]
    _, now = ask(served, "GET", f"/api/v1/meetings/{sheet['id']}")
    said = {guest["email"]: guest["answer"] for guest in now["participants"] if guest["answer"] != "none"}
    check("answers from the mails are in the API, and looking said nothing", said == chosen,
          f"{len(said)} answers" if said == chosen else f"{said} {chosen}")


def main(arguments):
    """Runs every check."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    belfort, modules = arguments
    office = Office()
    port = office.open()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(HERE / "check_objects.mjs", folder)
        (folder / "node_modules").symlink_to(pathlib.Path(modules).resolve())
        town = Town(belfort, folder / "town", NOW, ["Raadzaal"])
        mail = {"BELFORT_SMTP_URL": f"smtp://127.0.0.1:{port}", "BELFORT_MAIL_FROM": "zalen@town.example",
                "BELFORT_MAIL_RETRY_S": "1"}
        town.env |= mail
        try:
            sheets, mails = first_half(town, office, folder)
            # Later on the same morning: what the killed program had in hand is free again.
            town.env = clock(NOW + dt.timedelta(minutes=40)) | mail
            second_half(town, office, folder, sheets, mails)
            for minutes in (45, 46):
                town.env = clock(NOW + dt.timedelta(minutes=minutes)) | mail
                ended_and_begun(town, office, sheets[0], minutes == 45)
            once([Mail(*one) for one in office.take()[0]], pairs(sheets[0]), "changes about a stop")
        finally:
            office.close()
    print("     on the way:", ", ".join(f"{kind} {count}" for kind, count in sorted(office.tally.items())),
          f"; at most {office.most} connections at once")
    check("the troubles were met with", all(office.tally[kind] > 20 for kind in ("cut", "silent", "slow")))
    check("few connections at once", office.most <= 5, str(office.most))
    return 0


def first_half(town, office, folder):
    """Invitations; and changes, until the program is killed."""
    with Served(town) as served:
        begun = time.monotonic()
        sheets = [book(served, 1), book(served, 2)]
        print(f"     booking took {time.monotonic() - begun:.2f} s")
        wait(office, 2 * GUESTS, "invitations arrive")
        taken, silent = office.take()
        mails = [Mail(*one) for one in taken]
        once(mails, pairs(*sheets), "invitations")
        read(mails, folder, "REQUEST", {sheet["uid"]: 0 for sheet in sheets}, "invitations")
        delivered = {mail.id for mail in mails}
        check("what was taken without a word came again as the same message",
              silent and all(Mail(*one).id in delivered for one in silent), f"{len(silent)} mails")
        langs = all(WORDS[LANGS[int(re.search(r"\.(\d+)@", mail.recipient)[1]) % 4]] in mail.message["Subject"]
                    for mail in mails)
        check("each in its recipient's language", langs)
        office.round += 1
        for sheet in sheets:
            status, now = ask(served, "PATCH", f"/api/v1/meetings/{sheet['id']}", {
                "start": sheet["start"][:11] + "20:00", "end": sheet["start"][:11] + "22:00"})
            check("a meeting is moved", status == 200, "")
            sheet["sequence"] = now["sequence"]
        while office.count() < 150:
            time.sleep(0.01)
        served.server.kill()
        served.server.wait(20)
    print(f"     killed after {office.count()} of {2 * GUESTS} changes")
    return sheets, mails


def second_half(town, office, folder, sheets, mails):
    """The rest of the changes, answers, and a cancellation."""
    with Served(town) as served:
        wait(office, 2 * GUESTS, "changes arrive, after the kill")
        changed = [Mail(*one) for one in office.take()[0]]
        once(changed, pairs(*sheets), "changes", again=4)
        check("SEQUENCE goes up by one", all(sheet["sequence"] == 1 for sheet in sheets))
        read(changed, folder, "REQUEST", {sheet["uid"]: sheet["sequence"] for sheet in sheets}, "changes")
        served_at = f"http://{served.line.host}:{served.line.port}"
        for mail in changed:
            # The program was started again at another port.
            mail.plain = re.sub(r"http://127\.0\.0\.1:\d+", served_at, mail.plain)
        answers(served, sheets[0], changed)
        office.round += 1
        status, now = ask(served, "DELETE", f"/api/v1/meetings/{sheets[1]['id']}")
        check("a meeting is cancelled", status == 200, "")
        wait(office, GUESTS, "cancellations arrive")
        gone = [Mail(*one) for one in office.take()[0]]
        once(gone, pairs(sheets[1]), "cancellations")
        read(gone, folder, "CANCEL", {sheets[1]["uid"]: now["sequence"]}, "cancellations")
        served.line.close()
        served.line.request("GET", "/metrics")
        metrics = served.line.getresponse().read().decode()
        figures = dict(re.findall(r'belfort_mail\{state="(\w+)"\} (\d+)', metrics))
        # The answers are gathered for the organiser for ten minutes: that mail still waits.
        check("nothing else is left in the outbox", figures["queued"] == "1" and figures["failed"] == "0", str(figures))


def ended_and_begun(town, office, sheet, begin):
    """Changes a meeting and ends the program on the way; or lets the next one send the rest."""
    with Served(town) as served:
        if begin:
            office.round += 1
            status, _ = ask(served, "PATCH", f"/api/v1/meetings/{sheet['id']}", {"title": "Inspraak, tweede keer"})
            check("a meeting is renamed", status == 200, "")
            while office.count() < 100:
                time.sleep(0.01)
        else:
            wait(office, GUESTS, "changes arrive, after a stop")
    if begin:
        print(f"     stopped after {office.count()} of {GUESTS} changes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
