"""What the loop writes on: colour and signs where the terminal has them, plain text elsewhere; keys
one at a time. Standard library only."""

from __future__ import annotations

import errno
import os
import re
import select
import shutil
import signal
import sys
import termios
import textwrap
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34"}
ESCAPE = re.compile(r"\033\[[0-9;]*m")
KEY_SEQUENCE = re.compile(r"\033(?:[\[O][0-9;]*[A-Za-z~])?")

# Every sign beyond ASCII that the loop uses, and what stands for it where it cannot be shown.
PLAIN = {
    "✓": "+", "✗": "x", "○": "o", "·": "-", "▸": ">", "█": "#", "░": ".", "│": "|", "─": "-",
    "…": "...", "–": "-", "→": "->", "×": "x", "≤": "<=", "²": "^2", "“": '"', "”": '"', "’": "'",
}


class Stopped(KeyboardInterrupt):
    """The program is to end: Ctrl-C, a closed window (SIGHUP) or kill (SIGTERM)."""

    def __init__(self, number: int):
        super().__init__()
        self.status = 128 + number  # as a shell gives it


asked_to_stop: int | None = None  # the signal, once there was one


def stop_in_order() -> None:
    """Ctrl-C, a closed window and kill raise Stopped from here on, so that what was begun is ended: a
    learner's endless loop too. The first counts; those after it do not disturb the ending."""
    asking = [which for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(which) != signal.SIG_IGN]

    def stop(number: int, frame: object) -> None:
        global asked_to_stop
        asked_to_stop = number
        for which in asking:
            signal.signal(which, signal.SIG_IGN)
        raise Stopped(number)

    for which in asking:
        signal.signal(which, stop)


def stop_if_asked() -> None:
    """Raises Stopped again, for loops that wait: Python drops an exception that a signal's handler raises
    while a destructor runs, and then nothing would end the loop."""
    if asked_to_stop is not None:
        raise Stopped(asked_to_stop)


def open_closed_streams() -> None:
    """A stream that whoever began this program has closed (`./learn >&-`) leads nowhere from here on.
    Else the next file that is opened would take its number, and a child's words would go there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))


def visible(text: str) -> int:
    """How many columns a text takes."""
    return len(ESCAPE.sub("", text))


class Screen:
    """A stream of lines. `rich` when it is a terminal with colour, `live` when keys can be read."""

    def __init__(self, out: TextIO | None = None, inp: TextIO | None = None):
        self.out = out or sys.stdout
        self.inp = inp or sys.stdin
        terminal = self.out.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
        self.rich = terminal and not os.environ.get("NO_COLOR")
        self.clears = terminal
        self.live = terminal and self.inp.isatty()
        try:
            "✓█".encode(self.out.encoding or "ascii")
            self.signs = True
        except (UnicodeEncodeError, LookupError):
            self.signs = False
        self.passing_shown = False
        self.pressed = ""  # keys that were read and not yet given out

    @property
    def width(self) -> int:
        """Columns for text: the terminal's, at most 100, at least 20."""
        return max(20, min(100, shutil.get_terminal_size((80, 24)).columns))

    @property
    def height(self) -> int:
        return max(8, shutil.get_terminal_size((80, 24)).lines)

    def style(self, text: str, *names: str) -> str:
        if not self.rich or not text:
            return text
        return f"\033[{';'.join(STYLES[name] for name in names)}m{text}\033[0m"

    def text(self, line: str) -> str:
        """The line as this stream can show it."""
        if not self.signs:
            for sign, plain in PLAIN.items():
                line = line.replace(sign, plain)
            line = line.encode(self.out.encoding or "ascii", errors="replace").decode(self.out.encoding or "ascii")
        return line

    def line(self, text: str = "") -> None:
        self.passing("")
        print(self.text(text), file=self.out, flush=True)

    def lines(self, lines: list[str]) -> None:
        for line in lines:
            self.line(line)

    def wrap(self, text: str, indent: str = "", first: str | None = None) -> list[str]:
        """A paragraph in lines of this width; words longer than a line, as paths are, stay whole."""
        return textwrap.wrap(
            text, self.width, initial_indent=indent if first is None else first, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        ) or [""]

    def paragraph(self, text: str, indent: str = "", first: str | None = None) -> None:
        self.lines(self.wrap(text, indent, first))

    def fold(self, line: str) -> list[str]:
        """A line that is wider than the screen in several, broken at spaces, the later ones indented
        as the first is and a little more. A coloured line stays as it is: terminals break it."""
        if visible(line) <= self.width or ESCAPE.search(line):
            return [line]
        indent = line[: len(line) - len(line.lstrip())]
        return self.wrap(line.strip(), f"{indent}    ", indent)

    def passing(self, text: str) -> None:
        """A line that the next one replaces; "" wipes it. Only a terminal shows it."""
        if not self.clears or (not text and not self.passing_shown):
            return
        cut = self.text(text)[: self.width - 1]
        print(f"\r\033[K{cut}", end="", file=self.out, flush=True)
        self.passing_shown = bool(text)

    def clear(self) -> None:
        """An empty screen; what was there before can still be scrolled back to."""
        if self.clears:
            print("\033[H\033[2J", end="", file=self.out, flush=True)
            self.passing_shown = False

    # ------------------------------------------------------------- keys

    @contextmanager
    def keys(self) -> Iterator[None]:
        """Within it, key() gets each key as it is pressed. The terminal is as it was afterwards,
        also when the program is suspended (Ctrl-Z) in between."""
        if not self.live:
            yield
            return
        number = self.inp.fileno()
        before = termios.tcgetattr(number)

        def suspend(signal_number: int, frame: object) -> None:
            termios.tcsetattr(number, termios.TCSADRAIN, before)
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTSTP)

        def resume(signal_number: int, frame: object) -> None:
            signal.signal(signal.SIGTSTP, suspend)
            while True:
                try:
                    tty.setcbreak(number)
                    return
                except termios.error as error:  # `bg`: stopped again in the middle of it, until `fg`
                    if error.args[0] != errno.EINTR:
                        raise

        handlers = [(s, signal.signal(s, f)) for s, f in ((signal.SIGTSTP, suspend), (signal.SIGCONT, resume))]
        try:
            tty.setcbreak(number)
            yield
        finally:
            for which, handler in handlers:
                signal.signal(which, handler)
            with suppress(termios.error):  # the window is closed
                termios.tcsetattr(number, termios.TCSADRAIN, before)

    def key(self, within_s: float) -> str:
        """The key pressed within so many seconds, "" if none, "end" if there will be none any more."""
        if not self.live:
            time.sleep(within_s)
            return ""
        if not self.pressed:
            ready, _, _ = select.select([self.inp], [], [], within_s)
            if not ready:
                return ""
            try:
                data = os.read(self.inp.fileno(), 64)
            except OSError:  # the window is closed, and the signal that says so was ignored (nohup)
                data = b""
            if not data:
                return "end"
            # Without the several bytes of an arrow or function key, which mean nothing here.
            self.pressed = KEY_SEQUENCE.sub("", data.decode("ascii", errors="replace"))
        key, self.pressed = self.pressed[:1], self.pressed[1:]
        return key.lower()
