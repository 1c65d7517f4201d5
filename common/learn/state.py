"""The learner's progress: .learn/state.json, small, plain and hard to lose.

    {"version": 1, "current": "phase1.week02.softmax",
     "exercises": {"phase1.week02.softmax": {"status": "done", "hints": 2, ...}}}

It is written to a temporary file, forced to the disk and renamed, so that a kill at any moment
leaves the old or the new one; the one before stays as state.json.bak. A damaged file is put aside,
never overwritten, and the .bak stands in for it. A file of a newer version is refused. Where
nothing can be written (a full or read-only disk) the loop goes on and says that progress is not
kept. Standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

VERSION = 1
STATUSES = ("open", "done", "skipped")


class StateError(Exception):
    """The progress cannot be read or must not be touched; the message says why and what to do."""


@dataclass
class Progress:
    """One exercise's record. Hashes are SHA-256 of texts."""

    status: str = "open"
    hints: int = 0  # how many were shown, 0 to 3
    starter: str = ""  # of the starter that the learner's file began as
    offered: str = ""  # of the newer starter that lies beside it as X.new
    passed: str = ""  # of the learner's text that passed last


@dataclass
class State:
    current: str = ""
    exercises: dict[str, Progress] = field(default_factory=dict)

    def of(self, target: str) -> Progress:
        return self.exercises.setdefault(target, Progress())


def parse(text: str) -> State:
    """The state that a file holds; ValueError if it holds none, StateError if a newer program's."""
    data = json.loads(text)
    if not isinstance(data, dict) or type(data.get("version")) is not int:
        raise ValueError("it is no record of progress")
    if data["version"] > VERSION:
        raise StateError(
            f"was written by a newer version of this course (version {data['version']}; this one reads "
            f"up to {VERSION}). Update with: git pull"
        )
    exercises = data.get("exercises")
    if not isinstance(data.get("current"), str) or not isinstance(exercises, dict):
        raise ValueError("`current` or `exercises` is missing")
    state = State(data["current"])
    for target, record in exercises.items():
        if not isinstance(record, dict):
            raise ValueError(f"the record of {target} is no table")
        progress = Progress()
        for name, default in vars(Progress()).items():
            value = record.get(name, default)
            if type(value) is not type(default):
                raise ValueError(f"`{name}` of {target} is {value!r}")
            setattr(progress, name, value)
        if progress.status not in STATUSES or not 0 <= progress.hints <= 3:
            raise ValueError(f"the record of {target} is {record}")
        state.exercises[target] = progress
    return state


def text_of(state: State) -> str:
    """As it is written: exercises in order of name, without those that nothing is known of."""
    known = {target: vars(p) for target, p in sorted(state.exercises.items()) if p != Progress()}
    record = {"version": VERSION, "current": state.current, "exercises": known}
    return json.dumps(record, indent=1) + "\n"


def write_atomically(path: Path, data: str) -> None:
    """The whole of `data`, or what was there before; OSError if it cannot be."""
    new = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with new.open("w", encoding="utf-8", newline="") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:  # in the name that the learner knows
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        with suppress(OSError):  # it is gone; on a read-only disk it never was
            new.unlink()


def dated(path: Path) -> Path:
    """A name beside `path` that says when, and is not taken: softmax.cc.2026-11-21T08-30-00."""
    stamp = time.strftime("%Y-%m-%dT%H-%M-%S")
    free = path.with_name(f"{path.name}.{stamp}")
    number = 2
    while free.exists():
        free = path.with_name(f"{path.name}.{stamp}.{number}")
        number += 1
    return free


class Store:
    """Reads and writes the state. `notices` collects what the learner should be told, once each."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.path = folder / "state.json"
        self.notices: list[str] = []

    def shown(self, path: Path) -> str:
        """A path of this folder as messages name it: .learn/state.json."""
        return path.relative_to(self.folder.parent).as_posix()

    def note(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def load(self) -> State:
        """The state; an empty one at the first time. StateError if it is from a newer version."""
        for path in (self.path, self.path.with_suffix(".json.bak")):
            try:
                return parse(path.read_text(encoding="utf-8"))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except StateError as error:
                raise StateError(f"{self.shown(path)}: {error}") from None
            except OSError as error:
                raise StateError(f"{self.shown(path)}: cannot be read: {error.strerror}") from None
            except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors are ValueErrors
                self.put_aside(path, error)
        return State()

    def put_aside(self, path: Path, error: Exception) -> None:
        aside = dated(path.with_name(path.name + ".damaged"))
        try:
            path.rename(aside)
            kept = f"it is kept as {self.shown(aside)}"
        except OSError as problem:
            kept = f"it stays where it is ({problem.strerror})"
        self.note(
            f"{self.shown(path)} was damaged ({str(error).splitlines()[0]}); {kept}. Progress goes on from the copy before "
            "it; ./learn check all finds again what passes."
        )

    @contextmanager
    def changing(self) -> Iterator[State]:
        """Reads, lets the caller change, and writes, alone among all that do so at the same time."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "state.lock").open("w")
        except OSError as error:
            self.note(f"progress cannot be kept: {self.shown(self.folder)}: {error.strerror}")
            yield self.load()
            return
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.load()
            before = text_of(state)
            yield state
            after = text_of(state)
            if after == before and self.path.exists():
                return
            try:
                if self.path.exists():
                    write_atomically(self.path.with_suffix(".json.bak"), before)
                write_atomically(self.path, after)
            except OSError as error:
                self.note(f"progress cannot be kept: {self.shown(self.path)}: {error.strerror}")


@contextmanager
def only_watcher(folder: Path) -> Iterator[int]:
    """Holds the watcher's lock: yields 0 when this process has it, else the other one's number
    (-1 where that is not known). Where no lock can be made there is nothing to share, and 0."""
    path = folder / "watch.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+b", buffering=0)  # on a full disk nothing is left to be written at its end
    except OSError:
        yield 0
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            text = lock.read(20).strip()
            yield int(text) if text.isdigit() else -1
            return
        try:
            lock.truncate(0)
            lock.write(b"%d\n" % os.getpid())
        except OSError:
            pass  # a full disk: the lock holds without its number
        yield 0
