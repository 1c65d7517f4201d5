"""python3 -m common.learn.sample_outputs [--update] [PAGE...]: do the pages show what programs print?

A fenced block says by its language what it is: `text` is a drawing or arithmetic, `console` is what a
program printed, and the others are code. A console block, and a table of measured numbers, has a mark
on the line before it, which says where it comes from:

    <!-- output of: ./learn check hello with wrong not_halved -->
    <!-- part of the output of: make diff CASE=dense -->       its pieces, in order, anywhere in it
    <!-- numbers of: build/release/.../phase1.week03.xor_test -->    a table: each number was printed
    <!-- lines of: phase1_cpu/week03_learning/value_graph_test.cc -->    the block stands in that file
    <!-- bench:begin -->                                        common/learn/bench.py writes it

A block may begin with the command as one types it, after `$ `; it must be the mark's.
`; digits vary` after the command compares runs of digits as one sign, for times and dates.
`; not run here: WHY` skips the block, and the reason is printed. In a block, a line `...` leaves lines
out. Commands run from the repository's root, without a shell. `./learn` finds a folder of its own with
nothing written in it, or, with `with wrong NAME`, with that version from X.toml (`with right NAME`,
`with the course's code`), so it never meets a reader's work. Standard library only.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from common.learn.exercise import ROOT, CourseError, load_course

MARK = re.compile(r"^<!-- (?P<kind>output of|part of the output of|numbers of|lines of): (?P<what>.+?) -->$")
BENCH = "<!-- bench:begin -->"
FENCE = re.compile(r"^```(?P<language>\S*)$")
CODE = {"c", "cmake", "cpp", "dot", "json", "make", "python", "sh", "toml"}
LEFT_OUT = "..."
VERSION = re.compile(r"^(?P<command>.+?) with (?:(?P<which>wrong|right) (?P<name>\w+)|the course's code)$")
# What a page would show of a program by mistake: in a block that is called a drawing, these are output.
LOOKS_PRINTED = re.compile(r"^\s*(\$ |make( |$)|\./learn( |$))|: Failure$|^\[  (PASSED|FAILED)|^\s*looks like: |tests? passed")
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)", re.IGNORECASE)
TIMEOUT_S = 300


class SampleError(Exception):
    """A block or a mark that is not of the form it must have; the message names page and line."""


@dataclass
class Sample:
    """A block or table of a page, and the mark before it."""

    page: str
    line: int  # of the mark, from 1
    kind: str  # as in the mark
    what: str  # the command, or the file
    digits_vary: bool
    not_run: str  # why it is not run here, "" where it is
    first: int  # the block's own lines are lines[first : last] of the page, from 0
    last: int
    text: list[str]

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def parse_mark(page: str, number: int, line: str) -> tuple[str, str, bool, str] | None:
    """(kind, what, digits vary, why not run) of a line that is a mark, None of another."""
    found = MARK.match(line)
    if not found:
        if re.match(r"^\s*<!-- *(output|part of|numbers|lines) ?(of)?\b", line):
            raise SampleError(f"{page}:{number}: no mark that is known: {line}")
        return None
    what, *options = [part.strip() for part in found["what"].split(";")]
    digits_vary, not_run = False, ""
    for option in options:
        if option == "digits vary":
            digits_vary = True
        elif option.startswith("not run here: "):
            not_run = option.removeprefix("not run here: ")
        else:
            raise SampleError(f"{page}:{number}: option {option!r}; it may be `digits vary` or `not run here: WHY`")
    return found["kind"], what, digits_vary, not_run


def samples(page: str, text: str) -> list[Sample]:
    """The marked blocks and tables of a page. SampleError for a block whose kind nobody can tell."""
    lines = text.splitlines()
    found: list[Sample] = []
    number = 0
    while number < len(lines):
        mark = parse_mark(page, number + 1, lines[number])
        if mark is None and lines[number] != BENCH:
            fence = FENCE.match(lines[number])
            number = end_of_block(page, lines, number, fence["language"], marked=False) + 1 if fence else number + 1
            continue
        first, last = body(page, lines, number, mark[0] if mark else "output of")
        if mark:
            shown = first  # the first line of what is printed
            if mark[0] in ("output of", "part of the output of") and first < last and lines[first].startswith("$ "):
                if lines[first] != f"$ {mark[1]}":
                    raise SampleError(f"{page}:{first + 1}: shows the command {lines[first][2:]!r}, and the mark has {mark[1]!r}")
                shown += 1
            found.append(Sample(page, number + 1, *mark, shown, last, lines[shown:last]))
        number = last + 1
    return found


def body(page: str, lines: list[str], number: int, kind: str) -> tuple[int, int]:
    """The lines that the mark at `number` is about, as [first, last)."""
    after = number + 1
    if kind == "numbers of":
        end = after
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        if end - after < 3:
            raise SampleError(f"{page}:{number + 1}: no table follows the mark")
        return after, end
    fence = FENCE.match(lines[after]) if after < len(lines) else None
    if not fence:
        raise SampleError(f"{page}:{number + 1}: no block follows the mark on the next line")
    return after + 1, end_of_block(page, lines, after, fence["language"], marked=True, kind=kind)


def end_of_block(page: str, lines: list[str], opening: int, language: str, marked: bool, kind: str = "") -> int:
    """The closing fence of the block opened at `opening`, after checking that its language is true."""
    place = f"{page}:{opening + 1}"
    end = next((i for i in range(opening + 1, len(lines)) if lines[i] == "```"), None)
    if end is None:
        raise SampleError(f"{place}: this block is never closed")
    if not language:
        raise SampleError(f"{place}: a block without a language: `text` for a drawing, `console` for what a program prints")
    if language not in CODE | {"text", "console"}:
        raise SampleError(f"{place}: language {language!r}; it may be one of: {' '.join(sorted(CODE | {'text', 'console'}))}")
    if language == "console" and not marked:
        raise SampleError(f"{place}: what a program prints has a mark on the line before: <!-- output of: COMMAND -->")
    if marked and kind != "lines of" and language != "console":
        raise SampleError(f"{place}: the mark says that a program prints this, so its language is console")
    if language == "text":
        for number in range(opening + 1, end):
            if LOOKS_PRINTED.search(lines[number]):
                raise SampleError(f"{page}:{number + 1}: looks like a command or its output, in a block called text: {lines[number].strip()}")
    return end


# ---------------------------------------------------------------- running


def output_of(sample: Sample) -> list[str]:
    """What the sample's command prints now, line by line."""
    version = VERSION.match(sample.what)
    command = shlex.split(version["command"] if version else sample.what)
    if version and command[0] != "./learn":
        raise SampleError(f"{sample.place}: only a ./learn command can be run `with` a version of an exercise")
    with tempfile.TemporaryDirectory(prefix="groundup-sample-") as folder:
        if version:
            write_version(sample, command[-1], version, Path(folder))
        environment = {
            **os.environ, "GROUNDUP_LEARNER": folder, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80",
            "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1",
        }
        for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # as from a shell, also under make
            environment.pop(name, None)
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", timeout=TIMEOUT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SampleError(f"{sample.place}: {sample.what}: {error}") from None
    return [line.rstrip() for line in done.stdout.splitlines()]


def write_version(sample: Sample, name: str, version: re.Match[str], folder: Path) -> None:
    """The learner's file of exercise `name` as the mark wants it, under folder/work."""
    exercise = next((e for e in load_course() if e.name == name), None)
    if exercise is None:
        raise SampleError(f"{sample.place}: there is no exercise {name!r}")
    text = exercise.text()
    if version["name"]:
        wrong = version["which"] == "wrong"
        variant = next((v for v in exercise.variants if v.name == version["name"] and v.wrong == wrong), None)
        if variant is None:
            raise SampleError(f"{sample.place}: {name}.toml has no [[{version['which']}]] called {version['name']!r}")
        text = variant.apply(text, exercise.source)
    path = folder / "work" / exercise.source.relative_to(ROOT)
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- comparing


def same_line(sample: Sample, line: str) -> str:
    line = line.rstrip()
    return re.sub(r"\d[\d.,:TZ-]*", "#", line) if sample.digits_vary else line


def pieces(text: list[str]) -> list[list[str]]:
    """The block's lines between those that say `...`; an empty piece at an end leaves that end open."""
    parts: list[list[str]] = [[]]
    for line in text:
        if line.strip() == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def spans(sample: Sample, printed: list[str]) -> list[tuple[int, int]] | None:
    """Where in the output each piece stands, in order; None where one is not there."""
    wanted = pieces(sample.text)
    open_ends = sample.kind == "part of the output of"
    now = [same_line(sample, line) for line in printed]
    found, at = [], 0
    for index, piece in enumerate(wanted):
        lines = [same_line(sample, line) for line in piece]
        starts = range(at, len(now) - len(lines) + 1)
        if index == 0 and not open_ends:
            starts = range(0, 1)
        ends_in_left_out = index > 0 and not lines
        if index == len(wanted) - 1 and not open_ends and not ends_in_left_out:
            starts = [start for start in starts if start + len(lines) == len(now)]
        start = next((start for start in starts if now[start : start + len(lines)] == lines), None)
        if start is None:
            return None
        found.append((start, start + len(lines)))
        at = start + len(lines)
    return found


def numbers_missing(sample: Sample, printed: list[str]) -> list[str]:
    """The table's numbers that the output does not hold, rounded to as many digits as the table has."""
    there = [float(number) for line in printed for number in NUMBER.findall(line)]
    missing = []
    for row in sample.text[2:]:
        for number in NUMBER.findall(row):
            digits = len(re.sub(r"e.*|[-+.]", "", number, flags=re.IGNORECASE).lstrip("0")) or 1
            if not any(float(f"{value:.{digits - 1}e}") == float(number) for value in there):
                missing.append(number)
    return missing


def problem_of(sample: Sample) -> str:
    """"" where the block shows what is printed now; else how it differs."""
    if sample.kind == "lines of":
        path = ROOT / sample.what
        if not path.is_file():
            return f"{sample.place}: there is no file {sample.what}"
        shown = "\n".join(sample.text)
        return "" if shown in path.read_text(encoding="utf-8") else f"{sample.place}: {sample.what} does not have these lines"
    printed = output_of(sample)
    if sample.kind == "numbers of":
        missing = numbers_missing(sample, printed)
        return f"{sample.place}: not printed by {sample.what}: {' '.join(missing)}" if missing else ""
    if spans(sample, printed) is not None:
        return ""
    difference = difflib.unified_diff(sample.text, printed, "on the page", "printed", lineterm="", n=2)
    return f"{sample.place}: {sample.what} prints something else:\n" + "\n".join(list(difference)[:60])


# ---------------------------------------------------------------- updating


def updated(sample: Sample) -> list[str]:
    """The block with what is printed now. What a `...` stands for is found by the lines around it,
    digits aside; SampleError where they are gone, and somebody has to choose anew."""
    if sample.kind not in ("output of", "part of the output of"):
        raise SampleError(f"{problem_of(sample)}; change it by hand")
    printed = output_of(sample)
    parts = pieces(sample.text)
    if len(parts) == 1 and sample.kind == "output of":
        return printed
    loose = Sample(**{**vars(sample), "digits_vary": True})
    found = spans(loose, printed)
    if found is None:
        raise SampleError(f"{problem_of(sample)}\nchange it by hand: more than digits is new, and lines are left out")
    lines: list[str] = []
    for index, (start, end) in enumerate(found):
        lines += ([LEFT_OUT] if index else []) + printed[start:end]
    return lines


def update_page(page: str, chosen: list[Sample]) -> bool:
    """Rewrites the samples of a page that differ; was there one?"""
    path = ROOT / page
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = False
    for sample in reversed(chosen):  # from the end, so that line numbers before it hold
        if sample.not_run or not problem_of(sample):
            continue
        lines[sample.first : sample.last] = updated(sample)
        changed = True
        print(f"{sample.place}: {sample.what}: rewritten")
    if changed:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def tracked_pages() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout
    return sorted(page for page in listed.split("\0") if page and (ROOT / page).exists())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="rewrite the blocks that differ")
    parser.add_argument("--list", action="store_true", help="list the marked blocks; run nothing")
    parser.add_argument("page", nargs="*", help="pages to look at, as git names them; all if none is named")
    arguments = parser.parse_args()
    failures = checked = 0
    try:
        for page in arguments.page or tracked_pages():
            chosen = samples(page, (ROOT / page).read_text(encoding="utf-8"))
            if arguments.update:
                update_page(page, chosen)
                continue
            for sample in chosen:
                if arguments.list or sample.not_run:
                    print(f"{sample.place}: {sample.kind} {sample.what}" + (f": not run here: {sample.not_run}" if sample.not_run else ""))
                    continue
                checked += 1
                if problem := problem_of(sample):
                    failures += 1
                    print(problem, file=sys.stderr)
    except (SampleError, CourseError, OSError) as error:
        print(f"sample_outputs: {error}", file=sys.stderr)
        return 1
    if not (arguments.update or arguments.list):
        print(f"{checked - failures} of {checked} samples are what is printed now")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
