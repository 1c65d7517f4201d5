"""python3 -m common.learn.mine: which of the learner's files pass, and may stand in for the course's.

Checks every file of work/ (results are kept by content, so that only what changed is run again),
copies those that pass to build/mine-files/ and lists them in build/mine.list, which CMake reads
(NN_MINE_FILE). Prints how many there are, and why the others are left out.

--explain LOG says why a build with them failed, as far as that is known. Standard library only.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from common.learn.exercise import ROOT, CourseError, Exercise, load_course
from common.learn.loop import Learner, SetupFailed
from common.learn.report import TIMEOUT_S
from common.learn.state import write_atomically
from common.learn.terminal import Screen, Stopped, stop_in_order
from common.learn.toolchain import BuildFailed
from common.learn.workspace import WorkError

LIST = ROOT / "build/mine.list"
FILES = ROOT / "build/mine-files"


def verdict(learner: Learner, exercise: Exercise) -> tuple[str, str]:
    """(the text, "") if the learner's file passes, else ("", why it does not)."""
    try:
        text = learner.workspace.read(exercise)
    except WorkError as error:
        return "", str(error)
    results = learner.build / "learn/results"
    results.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{exercise.target}.", dir=learner.build / "learn") as folder:
        outcome = learner.toolchain.kept(exercise, text, Path(folder), results=results, timeout_s=TIMEOUT_S)
    if outcome.passed:
        return text, ""
    words = {"compile": "does not compile", "link": "does not link", "timeout": "does not end", "findings": "passes, but the checks find a fault"}
    return "", words.get(outcome.stage, "does not pass")


def write_if_changed(path: Path, text: str) -> None:
    """An unchanged file keeps its time, so that nothing is built again for it."""
    try:
        if path.read_text(encoding="utf-8") == text:
            return
    except (OSError, UnicodeDecodeError):
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)


def is_begun(learner: Learner, exercise: Exercise) -> bool:
    """Is there a file, and is it more than the starter with everything left to write?"""
    path = learner.workspace.path(exercise)
    if exercise.kind == "demo" or not path.is_file():
        return path.exists()
    return path.read_bytes() != learner.workspace.base(exercise).encode("utf-8")


def gather(learner: Learner) -> tuple[list[Exercise], list[str]]:
    """Puts the files that pass in place: (those exercises, a line for each begun one that does not)."""
    begun = [exercise for exercise in learner.course if is_begun(learner, exercise)]
    passing, left_out = [], []
    if begun:
        learner.prepare(begun)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            try:
                verdicts = list(pool.map(lambda exercise: verdict(learner, exercise), begun))
            except KeyboardInterrupt:  # those that run are short; the others need not begin
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for exercise, (text, why) in zip(begun, verdicts):
            if why:
                left_out.append(f"{exercise.name}: {why}; the course's is used")
                continue
            passing.append(exercise)
            write_if_changed(FILES / exercise.source.relative_to(ROOT), text)
    write_if_changed(LIST, "".join(f"{exercise.target}\n" for exercise in passing))
    return passing, left_out


def clashes(log: str) -> list[str]:
    """A sentence for each name that two files define, from what the linker said. Each of them passes:
    only where all are linked together do they meet."""
    found = re.findall(r"^(?:\S*/)?(\w+\.(?:cc|cu))(?:\.o)?:.*multiple definition of [`'](.+?)'; \S*?(\w+\.(?:cc|cu))\.o:", log, re.MULTILINE)
    return [
        f"{first} and {second} both define {name}. What only its own file uses belongs into an unnamed namespace, as "
        "in: namespace { ... }; then each file has its own."
        for second, name, first in dict.fromkeys(found)
    ]


def explain(log: Path, screen: Screen) -> int:
    """Says why the files that pass do not build together; 1 where that is not known."""
    sentences = clashes(log.read_text(encoding="utf-8", errors="replace"))
    for sentence in sentences:
        screen.paragraph(sentence)
    return 0 if sentences else 1


def main() -> int:
    screen = Screen()
    if sys.argv[1:2] == ["--explain"]:
        return explain(Path(sys.argv[2]), Screen(sys.stderr))
    stop_in_order()
    try:
        learner = Learner(load_course(), screen)
        passing, left_out = gather(learner)
    except SetupFailed:
        return 1
    except (CourseError, BuildFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped as stopped:
        with suppress(OSError):  # the window may be closed
            print("\nstopped", file=sys.stderr)
        return stopped.status
    none = "" if passing else "; ./learn begins the first"
    screen.line(f"{len(passing)} of {len(learner.course)} files are yours{none}")
    for line in left_out:
        screen.paragraph(line, "    ", "  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
