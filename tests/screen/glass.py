"""A display of our own and the pixels on it.

Xvfb keeps its picture in a file of the XWD form (`-fbdir`). Looking at a point is a read from memory, so the
glass can be watched every millisecond without asking the display, and without slowing it.
"""

import contextlib
import mmap
import os
import pathlib
import struct
import subprocess
import tempfile
import time

# The fields of the state, as `ui/theme.slint` has them by day.
FREE, SOON, BUSY, STALE = 0x1E6B45, 0xF2B632, 0xA8281E, 0x4B5563
NAMES = {FREE: "free", SOON: "soon", BUSY: "busy", STALE: "stale"}
# The fill of the first button on a yellow field.
PRIMARY_ON_SOON = 0x1B1F2A
STEP = 0.001


@contextlib.contextmanager
def stopping(process, wait=10):
    """Ends a process that we started, whatever happens."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Glass:
    """One screen of a display server, from its file."""

    def __init__(self, display, file, width, height):
        self.display, self.width, self.height = display, width, height
        self.memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self.memory[:100])
        assert header[1] == 7 and header[11] == 32, "not a picture of 32 bits a point"
        self.line, self.start = header[12], header[0] + header[19] * 12
        self.order = "little" if header[7] == 0 else "big"

    def point(self, x, y):
        """The colour of a point, as 0xRRGGBB."""
        at = self.start + y * self.line + x * 4
        return int.from_bytes(self.memory[at:at + 4], self.order) & 0xFFFFFF

    def row(self, y, x, end):
        """The colours of a row from x to end."""
        at = self.start + y * self.line
        raw = self.memory[at + x * 4:at + end * 4]
        return [int.from_bytes(raw[i:i + 4], self.order) & 0xFFFFFF for i in range(0, len(raw), 4)]

    def field(self):
        """The colour of the state field, or None while it is not of one colour from top to bottom."""
        points = {self.point(x, y) for x, y in ((8, 8), (self.width // 2, 8), (8, self.height * 3 // 4))}
        return points.pop() if len(points) == 1 else None

    def until(self, wanted, seconds=10.0, step=STEP):
        """Watches until `wanted()` is true; the moment it was, or None. Late by at most a step."""
        end = time.perf_counter() + seconds
        while True:
            found = wanted()
            now = time.perf_counter()
            if found:
                return now
            if now > end:
                return None
            time.sleep(step)

    def button(self, fill):
        """The middle of the first button: the large plate of its colour in the lower half of the state field."""
        rows = []
        for y in range(self.height // 2, self.height, 4):
            row = self.row(y, 0, self.width * 2 // 3)
            plate = [x for x, colour in enumerate(row) if colour == fill]
            if len(plate) > self.width // 6:
                rows.append((y, plate[0], plate[-1]))
        if len(rows) < 8:
            return None
        y, left, right = rows[len(rows) // 2]
        return (left + right) // 2, y

    def picture(self, path):
        """Writes what is on the glass to a PNG file."""
        subprocess.run(["import", "-display", self.display, "-window", "root", str(path)], check=True)

    def hand(self, *words):
        """Moves or presses the pointer."""
        subprocess.run(["xdotool", *map(str, words)], check=True, env={**os.environ, "DISPLAY": self.display})


@contextlib.contextmanager
def glass(width=1280, height=800):
    """A display on a free number, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="belfort-glass-") as folder:
        read, write = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-fbdir", folder,
             "-br", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with stopping(server), os.fdopen(read) as told:
            number = told.readline().strip()
            if not number:
                raise SystemExit("Xvfb does not start")
            with open(pathlib.Path(folder) / "Xvfb_screen0", "rb") as file:
                yield Glass(f":{number}", file, width, height)
