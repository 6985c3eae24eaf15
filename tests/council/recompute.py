#!/usr/bin/env python3
"""Counts a municipality's sessions anew, from the journal alone, and compares with what is stored.

    python3 tests/council/recompute.py BELFORT.DB

Knows nothing of the program: it reads the journal, folds each ledger of presence by the rules as they are written down
in council.md (P1 to P5, Q1 to Q3, V1 to V6), and compares every stored count of those present, every ballot, every
total and every result. Needs Python 3.9, no package, no network; opens the file read-only.

Exit 0: all agrees. 1: something differs, each difference on a line. 2: the file cannot be read.
"""

import json
import sqlite3
import sys
import uuid
from collections import defaultdict

ABSENT, ROOM, SEEN, UNSEEN, LOST = "absent", "room", "seen", "unseen", "lost"


class Member:
    """Where one member is while the ledger is folded."""

    def __init__(self):
        self.leave()

    def leave(self):
        self.where, self.lost_at, self.was_seen, self.away_for = ABSENT, None, False, None

    def settle(self, at, grace):
        if self.where == LOST and self.lost_at + grace <= at:
            self.leave()

    def counts(self):
        if self.away_for:
            return None
        if self.where == ROOM:
            return "room"
        if self.where == SEEN or (self.where == LOST and self.was_seen):
            return "remote"
        return None

    def apply(self, line):
        """Applies a line; one that cannot follow changes nothing."""
        kind, seen = line["kind"], line["by"] == "seen_by_chair"
        there = self.where != ABSENT
        remote = self.where in (SEEN, UNSEEN, LOST)
        if kind == "arrive" and not there:
            self.where = self.on(line["channel"], seen)
        elif kind == "switch_channel" and there and (self.where == ROOM) != (line["channel"] == "room"):
            self.where = self.on(line["channel"], seen)
        elif kind == "leave" and there:
            self.leave()
        elif kind == "connection_lost" and remote and self.where != LOST:
            self.was_seen, self.lost_at, self.where = self.where == SEEN, line["at"], LOST
        elif kind == "reconnected" and not there:
            self.where = self.on("remote", seen)
        elif kind == "reconnected" and self.where == LOST:
            self.where = self.on("remote", seen or self.was_seen)
        elif kind == "seen" and self.where == UNSEEN:
            self.where = SEEN
        elif kind == "recuse_start" and there and not self.away_for:
            self.away_for = line["item"]
        elif kind == "recuse_end" and there:
            self.away_for = None

    @staticmethod
    def on(channel, seen):
        return ROOM if channel == "room" else SEEN if seen else UNSEEN


def present(lines, members, seq, at, grace):
    """Who of the members is present at an instant by the lines up to number seq: member to channel."""
    known = [line for line in lines if line["seq"] <= seq]
    wrong = {line["of"] for line in known if line["kind"] == "correct"}
    standing = [line for line in known if line["kind"] != "correct" and line["seq"] not in wrong]
    seats = defaultdict(Member)
    for line in sorted(standing, key=lambda line: (line["at"], line["seq"])):
        if line["at"] <= at:
            seats[line["mandate"]].settle(line["at"], grace)
            seats[line["mandate"]].apply(line)
    for seat in seats.values():
        seat.settle(at, grace)
    return {member: seats[member].counts() for member in members if member in seats and seats[member].counts()}


def outcome(vote, totals, said):
    """What follows from totals: articles 23, 28, 33 and 35."""
    cast = totals["yes"] + totals["no"] + sum(totals["candidates"])
    if vote["majority"] == "absolute":
        return {"what": "adopted" if 2 * totals["yes"] > cast else "rejected"}
    if vote["majority"] == "two_thirds_present":
        n = vote["quorum"]["room"] + vote["quorum"]["remote"]
        return {"what": "adopted" if totals["yes"] > 0 and 3 * totals["yes"] >= 2 * n else "rejected"}
    votes = totals["candidates"]
    most = max(votes, default=0)
    if cast == 0 or most == 0:
        return {"what": "nobody_elected"}
    first = [place for place, count in enumerate(votes) if count == most]
    named = (said or {}).get("candidates")
    if 2 * most > cast:
        return {"what": "elected", "candidate": first[0]}
    if vote["round"] == 2:
        return {"what": "elected", "candidate": first[0] if len(first) == 1 else named[0]}
    if len(first) > 1:
        return {"what": "second_round", "candidates": first if len(first) == 2 else named}
    second = max(count for count in votes if count != most) if len(votes) > 1 else 0
    if second == 0:
        return {"what": "nobody_elected"}
    after = [place for place, count in enumerate(votes) if count == second]
    return {"what": "second_round", "candidates": first + (after if len(after) == 1 else named[:1])}


def count(choices, candidates):
    totals = {"yes": 0, "no": 0, "abstain": 0, "not_voting": 0, "candidates": [0] * candidates}
    names = {"for": "yes", "against": "no", "abstain": "abstain", "not_voting": "not_voting"}
    for choice, place in choices:
        if choice == "candidate":
            totals["candidates"][place] += 1
        else:
            totals[names[choice]] += 1
    return totals


class Session:
    """One session as the journal tells it."""

    def __init__(self, key):
        self.key, self.lines, self.members, self.at_opening, self.grace = key, [], [], [], 60
        self.treatments, self.votes, self.unchecked = {}, {}, []


class Check:
    def __init__(self, conn):
        self.conn, self.faults, self.compared = conn, [], 0
        self.sessions = {}

    def same(self, what, journal, stored):
        self.compared += 1
        if journal != stored:
            self.faults.append(f"{what}: journal {journal!r}, store {stored!r}")

    def read_journal(self):
        for action, subject, payload in self.conn.execute("SELECT action, subject, payload FROM journal ORDER BY seq"):
            detail = json.loads(payload).get("detail")
            if subject is None or not isinstance(detail, dict):
                continue
            key = bytes(subject)
            if action.split(".")[0] in ("session", "presence", "item", "vote", "floor"):
                self.entry(self.sessions.setdefault(key, Session(key)), action, detail)

    def entry(self, session, action, detail):
        if action in ("session.opened", "session.not_quorate"):
            session.grace = detail["grace_s"]
        if "quorum" in detail:
            self.quorum(session, action, detail["quorum"])
        if action == "presence.noted":
            session.lines.append(detail)
        elif action == "item.begun":
            session.treatments[detail["item"]] = {"begun": detail}
        elif action == "item.ended":
            session.treatments[detail["item"]]["ended"] = detail
        elif action == "vote.opened":
            electorate = present(session.lines, session.members, detail["quorum"]["seq"], detail["quorum"]["at"], session.grace)
            session.votes[detail["vote"]] = dict(detail, state="open", ballots={}, handed_in=set(), electorate=electorate)
        elif action == "vote.cast":
            vote = session.votes[detail["vote"]]
            for ballot in detail["ballots"]:
                vote["ballots"][ballot["mandate"]] = (ballot["choice"], ballot["candidate"])
                if ballot["mandate"] not in vote["electorate"]:
                    self.faults.append(f"vote {detail['vote']}: {ballot['mandate']} was not present at its opening")
        elif action == "vote.handed_in":
            session.votes[detail["vote"]]["handed_in"].add(detail["mandate"])
        elif action == "vote.declared":
            session.votes[detail["vote"]].update(state="declared", declared=detail)
        elif action == "vote.annulled":
            session.votes[detail["vote"]]["state"] = "annulled"

    def quorum(self, session, action, told):
        """A count in the journal against the lines in the journal."""
        if action in ("session.opened", "session.not_quorate"):
            session.at_opening = told["members"]
        # A count that names no members is of those who sat at the opening.
        session.members = told.get("members", session.at_opening)
        there = present(session.lines, session.members, told["seq"], told["at"], session.grace)
        channels = list(there.values())
        found = {
            "sitting": len(session.members),
            "needed": len(session.members) // 2 + 1,
            "room": channels.count("room"),
            "remote": channels.count("remote"),
        }
        self.same(f"{action} at line {told['seq']}", found, {key: told[key] for key in found})
        if action in ("vote.declared", "vote.opened", "item.begun", "session.opened"):
            if not told["exempt"] and found["room"] + found["remote"] < found["needed"]:
                self.faults.append(f"{action} at line {told['seq']}: too few were present")

    def compare(self):
        for session in self.sessions.values():
            self.ledger(session)
            self.stored_treatments(session)
            for key, vote in session.votes.items():
                self.vote(key, vote)
            rows = self.conn.execute("SELECT count(*) FROM vote WHERE session = ?", [session.key]).fetchone()
            self.same("number of votes", len(session.votes), rows[0])

    def ledger(self, session):
        rows = self.conn.execute(
            "SELECT seq, mandate, kind, channel, item, corrects, at, source, identified_by FROM presence_event"
            " WHERE session = ? ORDER BY seq", [session.key]).fetchall()
        stored = [(r[0], text(r[1]), r[2], r[3], text(r[4]), r[5], r[6], r[7], r[8]) for r in rows]
        told = [(l["seq"], l["mandate"], l["kind"], l.get("channel"), l.get("item"), l.get("of"), l["at"], l["source"], l["by"])
                for l in session.lines]
        self.same("ledger of presence", told, stored)

    def stored_treatments(self, session):
        rows = self.conn.execute(
            "SELECT item, ledger_seq, started, sitting, needed, room, remote, exempt, outcome, public FROM treatment"
            " WHERE session = ?", [session.key]).fetchall()
        self.same("number of treatments", len(session.treatments), len(rows))
        for row in rows:
            item, told = text(row[0]), session.treatments.get(text(row[0]))
            if told is None:
                continue
            self.same(f"count at item {item}", flat(told["begun"]["quorum"]), row[1:8])
            self.same(f"outcome of item {item}", told.get("ended", {}).get("outcome"), row[8])
            self.same(f"part of item {item}", told["begun"]["public"], bool(row[9]))

    def vote(self, key, vote):
        row = self.conn.execute(
            "SELECT ledger_seq, opened, sitting, needed, room, remote, exempt, state, declared, kind, majority, round,"
            " candidates FROM vote WHERE id = ?", [uuid.UUID(key).bytes]).fetchone()
        if row is None:
            self.faults.append(f"vote {key} is in the journal and not in the store")
            return
        self.same(f"count at vote {key}", flat(vote["quorum"]), row[:7])
        self.same(f"state of vote {key}", vote["state"], row[7])
        self.same(f"kind of vote {key}", (vote["kind"], vote["majority"], vote["round"]), row[9:12])
        self.same(f"candidates of vote {key}", vote["candidates"], len(json.loads(row[12])))
        stored = {text(mandate): (choice, place) for mandate, choice, place in self.conn.execute(
            "SELECT mandate, choice, candidate FROM ballot WHERE vote = ?", [uuid.UUID(key).bytes])}
        self.same(f"ballots of vote {key}", vote["ballots"], stored)
        handed = {text(r[0]) for r in self.conn.execute("SELECT mandate FROM handed_in WHERE vote = ?", [uuid.UUID(key).bytes])}
        self.same(f"handed in at vote {key}", vote["handed_in"], handed)
        if "declared" in vote:
            self.declared(key, vote, json.loads(row[8]))

    def declared(self, key, vote, stored):
        told = vote["declared"]
        secret = self.conn.execute("SELECT choice, candidate FROM secret_ballot WHERE vote = ?", [uuid.UUID(key).bytes]).fetchall()
        choices = secret if vote["kind"] == "secret" else list(vote["ballots"].values())
        totals = count(choices, vote["candidates"])
        if vote["kind"] == "secret":
            self.same(f"ballots handed in and counted, vote {key}", len(vote["handed_in"]), len(secret))
        self.same(f"totals of vote {key}", totals, told["totals"])
        self.same(f"stored totals of vote {key}", totals, stored["totals"])
        result = outcome(vote, totals, told["tie_break"])
        self.same(f"result of vote {key}", result, told["outcome"])
        self.same(f"stored result of vote {key}", result, stored["outcome"])
        for name in ("sitting", "needed", "room", "remote", "exempt"):
            self.same(f"{name} when vote {key} was declared", told["quorum"][name], stored["quorum"][name])
        self.same(f"line when vote {key} was declared", told["quorum"]["seq"], stored["ledger_seq"])


def text(blob):
    return None if blob is None else str(uuid.UUID(bytes=bytes(blob)))


def flat(told):
    names = ("seq", "at", "sitting", "needed", "room", "remote")
    return tuple(told[name] for name in names) + (int(told["exempt"]),)


def main():
    try:
        check = Check(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True))
        check.read_journal()
        check.compare()
    except (IndexError, sqlite3.Error) as error:
        print(f"cannot read the file: {error}", file=sys.stderr)
        return 2
    for fault in check.faults:
        print(fault)
    print(f"{len(check.sessions)} sessions, {check.compared} comparisons, {len(check.faults)} differences")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
