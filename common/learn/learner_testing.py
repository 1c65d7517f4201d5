"""What tests use to be a learner: `./learn` in a pseudo-terminal, with keys pressed and screens read.

    with Terminal(folder) as terminal:
        screen = terminal.wait_for("watching")
        terminal.press("n")
"""

from __future__ import annotations

import codecs
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from common.learn.exercise import ROOT

ESCAPE = re.compile(r"\033\[[0-9;?]*[A-Za-z]")
CLEAR = "\033[H\033[2J"


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """A learner whose work/ and .learn/ are in `folder`, on a plain machine."""
    left_out = ("NO_COLOR", "GROUNDUP_LEARNER", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "GROUNDUP_LEARNER": str(folder), "LC_ALL": "C.UTF-8", **extra}


def learn(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """./learn without a terminal."""
    return subprocess.run(
        [ROOT / "learn", *arguments], cwd=ROOT, env=environment(folder, **extra), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300,
    )


class Terminal:
    """A program in a pseudo-terminal of its own."""

    def __init__(
        self, folder: Path, *arguments: str, program: Path = ROOT / "learn", rows: int = 40, columns: int = 80,
        **extra: str,
    ):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        variables = environment(folder, TERM="xterm-256color", **extra)
        self.process = subprocess.Popen(
            # As a terminal's own program, so that Ctrl-C and Ctrl-Z reach it.
            [sys.executable, "-c", "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])",
             str(program), *arguments],
            cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, env=variables,
        )
        # Until the program has the terminal, keys that are signals would reach nobody.
        while os.tcgetpgrp(self.master) != self.process.pid and self.process.poll() is None:
            time.sleep(0.001)
        self.slave = slave  # kept open, so that the terminal's settings can be read at the end
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.text = ""  # all that was written
        self.read_to = 0  # up to where wait_for() has looked

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.slave)
        os.close(self.master)

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def pump(self, within_s: float) -> bool:
        """Takes what was written in the meantime; False if nothing was."""
        ready, _, _ = select.select([self.master], [], [], within_s)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.text += self.decoder.decode(data)
        return bool(data)

    def wait_for(self, pattern: str, within_s: float = 120) -> str:
        """Waits until what was written since the last call matches; returns that, without colours."""
        end = time.monotonic() + within_s
        while True:
            new = ESCAPE.sub("", self.text[self.read_to :]).replace("\r\n", "\n")
            if re.search(pattern, new):
                self.read_to = len(self.text)
                return new
            left = end - time.monotonic()
            if left <= 0 or (not self.pump(min(left, 0.2)) and self.process.poll() is not None and not self.pump(0)):
                raise AssertionError(f"{pattern!r} was not written within {within_s} s, but:\n{new}")

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self, within_s: float = 120) -> int:
        """Waits for the program to end; its exit status."""
        stop = time.monotonic() + within_s
        while self.process.poll() is None and time.monotonic() < stop:
            self.pump(0.1)
        while self.pump(0):
            pass
        assert self.process.poll() is not None, f"still running after {within_s} s:\n{ESCAPE.sub('', self.text)}"
        return self.process.returncode

    def interrupt(self) -> None:
        """Ctrl-C, as the terminal sends it to everything in the foreground."""
        self.press("\x03")

    def hang_up(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def restored(self) -> bool:
        """Are the terminal's settings as they were before?"""
        return termios.tcgetattr(self.slave) == self.before


@contextmanager
def alone_with_ones_own() -> Iterator[None]:
    """There is one build/mine: tests that use it, in several processes, do so one after another."""
    with (ROOT / "build/mine-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def running(name: str, learner: Path | None = None) -> list[int]:
    """The processes whose command line holds this name; with `learner`, only those begun by `./learn` of
    the learner in that folder, since other tests may be at the same exercise."""
    mark, found = os.fsencode(f"GROUNDUP_LEARNER={learner}"), []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            if name in command and (learner is None or mark in (entry / "environ").read_bytes().split(b"\0")):
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended
    return found


def wait_until(holds: Callable[[], bool], within_s: float = 120) -> bool:
    end = time.monotonic() + within_s
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def save(path: Path, text: str) -> None:
    """As most editors save: a new file under the old name."""
    new = path.with_name(f".{path.name}.swp")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
