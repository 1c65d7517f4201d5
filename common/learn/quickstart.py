"""Gate 7 of check-course: the README's quick start, executed as it is written.

The `sh` blocks of two sections are taken in order and run, line by line, in a fresh clone of what is
here (changes that are not committed included); every command must end with 0. `<this repository>`
is where the clone comes from, and a bare `./learn`, which would wait for the next save, runs as
`./learn --once`. A `console` block whose mark (sample_outputs.py) names one of these commands shows
what it printed: its lines in their order, with every number taken for any other; a line `...` leaves
lines out. Blocks that show other commands are sample_outputs.py's to run.

    <!-- not run: WHY -->    on the line above an `sh` block keeps it from being run
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.learn.exercise import ROOT

SECTIONS = ("Start", "Work through it")
NOT_RUN = re.compile(r"^<!-- not run: *(?P<why>.*?) *-->$")
OUTPUT = re.compile(r"^<!-- (?:part of the )?output of: (?P<command>[^;]+?) *(?:;.*)?-->$")
TIMEOUT_S = 1800
# What a make that runs us, or the reader of one exercise, has set and a new shell would not have.
NOT_INHERITED = re.compile(r"^(MAKE|MFLAGS|ONLY$|NN_|GTEST_|GIT_|PYTEST_|VIRTUAL_ENV$)")


@dataclass
class Block:
    """One fenced block; `line` is the number of its first line in the README."""

    line: int
    language: str
    mark: str  # the line above it
    text: list[str]

    @property
    def is_run(self) -> bool:
        return self.language == "sh" and not NOT_RUN.match(self.mark)

    @property
    def shows(self) -> str:
        """The command whose output it is, "" if none is named."""
        named = OUTPUT.match(self.mark) if self.language == "console" else None
        return named["command"] if named else ""


def blocks(page: str) -> list[Block]:
    """The fenced blocks of the quick start's sections."""
    found: list[Block] = []
    section, above, inside = "", "", None
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("```"):
            inside = None if inside else Block(number + 1, line[3:].strip(), above, [])
            if inside and section in SECTIONS:
                found.append(inside)
        elif inside:
            inside.text.append(line)
        elif line.startswith("## "):
            section = line.removeprefix("## ").strip()
        above = line
    return found


def shape(line: str) -> str:
    """A line without what differs from one run to the next: numbers, rulers, bars, and how wide they are."""
    line = re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", "0", line)
    line = re.sub(r" \(0:0(:0)?\)", "", line)  # pytest adds it to what takes a minute or more
    return re.sub(r"([=\-# ])\1+", r"\1", line).rstrip()


def first_unlike(shown: list[str], printed: list[str]) -> str | None:
    """The first shown line that was not printed where it should have been; None if all were.
    Between two `...` the lines must follow one another."""
    pieces: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == "...":
            pieces.append([])
        else:
            pieces[-1].append(shape(line))
    lines, start = [shape(line) for line in printed], 0
    for piece in pieces:
        best = 0
        for at in range(start, len(lines) + 1):
            same = 0
            while same < len(piece) and at + same < len(lines) and lines[at + same] == piece[same]:
                same += 1
            best = max(best, same)
            if same == len(piece):
                start = at + same
                break
        else:
            originals = [line for line in shown if shape(line) == piece[best]]
            return originals[0]
    return None


def tracked(root: Path) -> list[str]:
    """Every file that a commit of all that is here would hold."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout
    return sorted({path for path in listing.split("\0") if path and (root / path).is_file()})


def state_of(root: Path) -> str:
    total = hashlib.sha256()
    for path in tracked(root):
        total.update(f"{path}\0{os.access(root / path, os.X_OK)}\0".encode())
        total.update(hashlib.sha256((root / path).read_bytes()).digest())
    return total.hexdigest()


def make_source(root: Path, folder: Path) -> Path:
    """A repository with what is here as its one commit, for the README's `git clone`."""
    source = folder / "groundup-as-it-is"
    for path in tracked(root):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, source / path)
    identity = ["-c", "user.name=check-course", "-c", "user.email=check-course@localhost", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "as it is"]):
        subprocess.run(["git", *command], cwd=source, check=True, capture_output=True)
    return source


def run_line(line: str, at: Path, environment: dict[str, str]) -> tuple[int, str, Path]:
    """One command line in a shell: its status, what it printed, and the folder it ended in."""
    ended_in = Path(environment["QUICKSTART_PWD"])
    ended_in.unlink(missing_ok=True)
    line = re.sub(r"^\./learn$", "./learn --once", line.strip())
    try:
        done = subprocess.run(
            ["bash", "-c", f'{line}\nstatus=$?\npwd >"$QUICKSTART_PWD"\nexit $status'], cwd=at, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return 124, f"did not end within {TIMEOUT_S} s", at
    return done.returncode, done.stdout, Path(ended_in.read_text().strip()) if ended_in.exists() else at


def execute(found: list[Block], source: Path, folder: Path, say: Callable[[str], None]) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if not NOT_INHERITED.match(name)}
    environment["QUICKSTART_PWD"] = str(folder / "pwd")
    at, printed = folder / "home", {}
    at.mkdir()
    for block in found:
        if block.is_run:
            for line in filter(str.strip, block.text):
                began = time.monotonic()
                status, output, at = run_line(line.replace("<this repository>", str(source)), at, environment)
                say(f"     gate 7: {line} ({time.monotonic() - began:.0f} s)")
                printed[line.strip()] = output
                if status != 0:
                    end = "\n".join(output.splitlines()[-20:])
                    return [f"README.md:{block.line}: {line!r} ends with {status}:\n{end}"]
        elif block.shows in printed:
            output = printed[block.shows].splitlines()
            unlike = first_unlike(block.text, output)
            if unlike is not None:
                end = "\n".join(output[-12:])
                return [f"README.md:{block.line}: {block.shows!r} did not print {unlike!r}; its output ended with\n{end}"]
    return []


def form_problems(found: list[Block]) -> list[str]:
    problems = []
    if not any(block.is_run and any(block.text) for block in found):
        problems.append(f"README.md shows no command in its sections {' and '.join(SECTIONS)}")
    for block in found:
        left_out = NOT_RUN.match(block.mark)
        if left_out and len(left_out["why"].split()) < 3:
            problems.append(f"README.md:{block.line}: a block that is not run must say why")
    return problems


def quickstart_problems(results: Path, say: Callable[[str], None]) -> list[str]:
    """What does not hold of the README's commands. That all hold is remembered for what is here."""
    found = blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    if problems := form_problems(found):
        return problems
    known = results / f"quickstart-{state_of(ROOT)}"
    if known.exists():
        say("     gate 7: the README's commands did what it says when they last ran, and nothing has changed")
        return []
    with tempfile.TemporaryDirectory(prefix="groundup-quickstart-") as name:
        Path(name).chmod(0o755)  # as a home is: some tests run programs of the clone as another user
        problems = execute(found, make_source(ROOT, Path(name)), Path(name), say)
    if not problems:
        for old in results.glob("quickstart-*"):
            old.unlink()
        results.mkdir(parents=True, exist_ok=True)
        known.touch()
    return problems
