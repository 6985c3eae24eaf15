"""A mail server that is as troublesome as those of the world: it greylists, hangs up and dawdles.

Every recipient is turned away once (451). Of the deliveries after that, told apart by recipient and round, some are cut
off in the middle of the message, some are taken whole and never answered, some answered late. What it answered with
250 is delivered; the rest is not.
"""

import asyncio
import collections
import logging
import threading
import zlib

from aiosmtpd.smtp import SMTP


# A connection that is cut leaves half a command behind, and that is no news.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Office:
    """What was delivered, and what happened on the way."""

    def __init__(self):
        self.lock = threading.Lock()
        self.round = 0
        self.seen = set()
        self.met = set()
        self.delivered = []
        self.unanswered = []
        self.tally = collections.Counter()
        self.together = self.most = 0
        office = self

        class Troublesome(SMTP):
            """The protocol, cut off in the middle of a message where that is this delivery's fate."""

            async def smtp_DATA(self, arg):
                if self.envelope.rcpt_tos and office.fate(self.envelope.rcpt_tos[0], "cut"):
                    await self.push("354 go on")
                    await self._reader.read(200)
                    self.transport.abort()
                    return
                await super().smtp_DATA(arg)

            def connection_made(self, transport):
                with office.lock:
                    office.tally["connections"] += 1
                    office.together += 1
                    office.most = max(office.most, office.together)
                super().connection_made(transport)

            def connection_lost(self, error):
                with office.lock:
                    office.together -= 1
                super().connection_lost(error)

        self.protocol = Troublesome
        self.loop = asyncio.new_event_loop()

    def open(self):
        """Starts serving on a thread of its own; answers the port."""
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        serving = self.loop.create_server(lambda: self.protocol(self, loop=self.loop), "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(serving, self.loop).result(20)
        return server.sockets[0].getsockname()[1]

    def close(self):
        """Stops serving."""
        self.loop.call_soon_threadsafe(self.loop.stop)

    def fate(self, recipient, kind):
        """Whether this delivery meets with this trouble: each recipient once a round, the same each time."""
        chance = zlib.crc32(f"{recipient} {self.round}".encode()) % 20
        fated = {0: "cut", 1: "silent", 2: "slow"}.get(chance)
        with self.lock:
            if fated != kind or (recipient, self.round) in self.met:
                return False
            self.met.add((recipient, self.round))
            self.tally[kind] += 1
            return True

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Turns everybody away once."""
        with self.lock:
            if address not in self.seen:
                self.seen.add(address)
                self.tally["greylisted"] += 1
                return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        """Takes the message, or takes it without a word."""
        recipient, message = envelope.rcpt_tos[0], bytes(envelope.content)
        if self.fate(recipient, "silent"):
            with self.lock:
                self.unanswered.append((recipient, message))
            server.transport.abort()
            return "250 nobody hears this"
        if self.fate(recipient, "slow"):
            await asyncio.sleep(0.5)
        with self.lock:
            self.delivered.append((recipient, message))
        return "250 delivered"

    def count(self):
        """How many messages were delivered since the last time, the same one counted once."""
        with self.lock:
            return len({message.split(b"\r\n", 1)[0] for _, message in self.delivered})

    def take(self):
        """What was delivered since the last time."""
        with self.lock:
            taken, self.delivered = self.delivered, []
            silent, self.unanswered = self.unanswered, []
            return taken, silent
