"""The learner's files: work/ mirrors the course's folders, and nothing in it is ever overwritten.

A file is made when its exercise is first opened, from the course's file with the marked regions
taken out. What it was made from is kept in .learn/starters/, so that a later change of the
course's file is noticed: the new starter is then laid beside the learner's file as X.new. Every
version that was checked is kept in .learn/history/ (the newest KEPT of each). Standard library only.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from common.learn.exercise import ROOT, TODO, Exercise, Region, parse_regions, starter
from common.learn.state import Progress, dated, write_atomically

KEPT = 50
LARGEST_BYTES = 1 << 20  # a hundred times the longest exercise


class WorkError(Exception):
    """The learner's file cannot be used; the message says why and what to do about it."""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def kind_of(mode: int) -> str:
    """What stands where a file should: the words for an st_mode."""
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


@dataclass
class Opened:
    """What opening a file did."""

    path: Path
    notices: list[str] = field(default_factory=list)


class Workspace:
    def __init__(self, root: Path = ROOT):
        self.root = root
        self.work = root / "work"
        self.private = root / ".learn"

    def path(self, exercise: Exercise) -> Path:
        return self.work / exercise.source.relative_to(ROOT)

    def shown(self, exercise: Exercise) -> str:
        """The learner's file as messages name it: work/phase1_cpu/week02_losses/softmax.cc."""
        return self.path(exercise).relative_to(self.root).as_posix()

    def starter_of(self, exercise: Exercise) -> str:
        """What the learner gets; of a demo, the whole file without the mark that says what to blank."""
        text = exercise.text()
        if exercise.kind == "demo":
            return "".join(line for line in text.splitlines(keepends=True) if "// <<<" not in line)
        return starter(text, exercise.source)

    def base(self, exercise: Exercise) -> str:
        """The starter that the learner's file began as; today's where that is not known."""
        try:
            return self.base_path(exercise).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return self.starter_of(exercise)

    def base_path(self, exercise: Exercise) -> Path:
        return self.private / "starters" / f"{exercise.target}{exercise.source.suffix}"

    # ------------------------------------------------------------- opening

    def open(self, exercise: Exercise, progress: Progress) -> Opened:
        """Makes the learner's file if it is not there, and notices what changed under it."""
        path, fresh = self.path(exercise), self.starter_of(exercise)
        opened = Opened(path)
        try:
            if not path.exists():
                self.make(exercise, progress, opened, fresh)
            elif progress.starter and progress.starter != digest(fresh):
                self.offer(exercise, progress, opened, fresh)
            elif not progress.starter:  # the record was lost, the file was not
                self.begin_from(exercise, progress, fresh)
        except OSError as error:
            name = Path(error.filename or path)
            name = name.relative_to(self.root) if name.is_relative_to(self.root) else name
            raise WorkError(f"{name}: cannot be written: {error.strerror}") from None
        return opened

    def make(self, exercise: Exercise, progress: Progress, opened: Opened, fresh: str) -> None:
        opened.path.parent.mkdir(parents=True, exist_ok=True)
        saved = self.newest(exercise)
        write_atomically(opened.path, fresh)
        if progress.starter or saved:
            opened.notices.append(f"{self.shown(exercise)} was gone: here is the starter again")
        if saved:
            opened.notices.append(f"what you had when it was last checked is {saved.relative_to(self.root)}")
        self.begin_from(exercise, progress, fresh)

    def begin_from(self, exercise: Exercise, progress: Progress, fresh: str) -> None:
        base = self.base_path(exercise)
        base.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(base, fresh)
        progress.starter, progress.offered = digest(fresh), ""

    def offer(self, exercise: Exercise, progress: Progress, opened: Opened, fresh: str) -> None:
        """The course's file changed since: a file nobody wrote in follows, another gets X.new."""
        base = self.base(exercise)
        if self.holds(exercise, base):
            write_atomically(opened.path.resolve(), fresh)  # a link stays one
            self.begin_from(exercise, progress, fresh)
            opened.notices.append("the course's file changed; yours was untouched, and follows it")
            return
        if progress.offered == digest(fresh):
            return  # told before
        new = opened.path.with_name(opened.path.name + ".new")
        write_atomically(new, fresh)
        progress.offered = digest(fresh)
        opened.notices.append(
            f"the course's file changed since you began. Yours is as you left it; the new starter is "
            f"{new.relative_to(self.root)}. What changed in it:"
        )
        difference = difflib.unified_diff(base.splitlines(), fresh.splitlines(), "before", "now", lineterm="", n=1)
        opened.notices += [f"  {line}" for line in list(difference)[2:]]

    # ------------------------------------------------------------- reading

    def data(self, exercise: Exercise) -> bytes:
        """What the learner's file holds. OSError if it cannot be read, WorkError if it should not be: a
        pipe or a device may have no end."""
        path, shown = self.path(exercise), self.shown(exercise)
        state = path.stat()
        way_out = f"./learn reset {exercise.name} brings the starter back and keeps this one"
        if not stat.S_ISREG(state.st_mode):
            raise WorkError(f"{shown} is no file but {kind_of(state.st_mode)}; {way_out}")
        if state.st_size > LARGEST_BYTES:
            raise WorkError(
                f"{shown} has {state.st_size / 1e6:.0f} MB, where an exercise has a few KB. Was another file saved "
                f"under its name? {way_out}"
            )
        return path.read_bytes()

    def holds(self, exercise: Exercise, text: str) -> bool:
        """Is this text what the learner's file holds?"""
        try:
            return self.data(exercise) == text.encode("utf-8")
        except WorkError:
            return False

    def read(self, exercise: Exercise) -> str:
        """The learner's text as it is now. WorkError if there is none that a compiler could read."""
        shown = self.shown(exercise)
        try:
            data = self.data(exercise)
        except FileNotFoundError:
            raise WorkError(f"{shown} is not there; ./learn {exercise.name} makes it anew") from None
        except OSError as error:
            raise WorkError(f"{shown}: cannot be read: {error.strerror}") from None
        if b"\0" in data:
            raise WorkError(
                f"{shown} is not text: byte {data.index(0)} is 0. Was another file saved under its name? "
                f"./learn reset {exercise.name} brings the starter back and keeps this one"
            )
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise WorkError(
                f"{shown} is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}. Save it as UTF-8"
            ) from None

    def first_line(self, exercise: Exercise, text: str) -> int:
        """The line to look at first: the first NN_TODO left, else where the first region begins, else 1."""
        lines = text.splitlines()
        for mark in (TODO, re.compile("// >>>")):
            for number, line in enumerate(lines, 1):
                if mark.search(line) and "// <<<" not in line:
                    return number
        return 1

    # ------------------------------------------------------------- keeping

    def history(self, exercise: Exercise) -> list[Path]:
        """The versions kept, oldest first."""
        folder = self.private / "history" / exercise.target
        return sorted(folder.glob("*" + exercise.source.suffix)) if folder.is_dir() else []

    def newest(self, exercise: Exercise) -> Path | None:
        kept = self.history(exercise)
        return kept[-1] if kept else None

    def keep(self, exercise: Exercise, text: str) -> None:
        """Remembers a version that is checked, unless it is the starter or the newest one kept.
        A disk that takes nothing is no reason to stop: the learner's own file is not touched."""
        newest = self.newest(exercise)
        if digest(text) == digest(self.base(exercise)):
            return
        try:
            if newest and newest.read_text(encoding="utf-8") == text:
                return
            kept = self.history(exercise)
            number = int(newest.stem) + 1 if newest and newest.stem.isdigit() else 1
            path = self.private / "history" / exercise.target / f"{number:06d}{exercise.source.suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
            for old in kept[: max(0, len(kept) + 1 - KEPT)]:
                old.unlink()
        except (OSError, UnicodeDecodeError):
            return

    def reset(self, exercise: Exercise, progress: Progress) -> Path | None:
        """The starter again; what was there is kept under a name with the date, which is returned."""
        path, fresh = self.path(exercise), self.starter_of(exercise)
        backup = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file() and not self.holds(exercise, fresh):
                backup = dated(path)
                shutil.copyfile(path, backup)  # before anything is written: a full disk changes nothing
            elif path.exists() and not path.is_file():  # a folder, a pipe
                backup = dated(path)
                path.rename(backup)
            self.begin_from(exercise, progress, fresh)
            write_atomically(path.resolve() if path.is_file() else path, fresh)  # a link stays one
        except OSError as error:
            if backup and path.is_file():  # what it was to keep is still in its place
                with suppress(OSError):
                    backup.unlink()
            raise WorkError(f"{self.shown(exercise)}: cannot be reset: {error.strerror}") from None
        return backup

    # ------------------------------------------------------------- the learner's regions

    def regions(self, exercise: Exercise, text: str) -> dict[str, list[str]]:
        """What the learner wrote for each region, found by what surrounds it in the starter: the
        markers themselves may be gone. A region that cannot be told has the empty list."""
        base = self.base(exercise).splitlines()
        mine = text.splitlines()
        regions = self.course_regions(exercise)
        if exercise.kind == "demo":  # copied whole, without the lines that close a region
            spans = [(r.first + 1 - before, r.last - before) for before, r in enumerate(regions)]
        else:
            spans = [(i, i + 1) for i, line in enumerate(base) if TODO.search(line)]
        found: dict[str, list[str]] = {region.name: [] for region in regions}
        where: dict[int, int] = {}  # a line of the starter -> the same line of the learner's file
        for block in difflib.SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks():
            where.update({block.a + i: block.b + i for i in range(block.size)})
        for region, (begin, end) in zip(regions, spans):
            before = next((where[i] for i in range(begin - 1, -1, -1) if i in where), None)
            after = next((where[i] for i in range(end, len(base)) if i in where), None)
            if before is not None and after is not None and before < after:
                found[region.name] = mine[before + 1 : after]
        return found

    def course_regions(self, exercise: Exercise) -> list[Region]:
        return parse_regions(exercise.text(), exercise.source)
