"""What the CUDA simulator's checks found, for a learner: where, in which threads, and what it means.

A finding is a record as common/cudasim/runtime/finding.cc writes it (CUDASIM_JSON): kind, severity,
where and other (file:line), what, meaning, kernel, block, thread, other_block, other_thread, count.
Standard library only.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from common.learn.exercise import ROOT, Exercise
from common.learn.message import printable, window
from common.learn.terminal import Screen

INDENT = "  "
MOST = 3  # findings that are told in full


@dataclass
class Subject:
    """What was checked: the exercise, the learner's text and where it stands."""

    exercise: Exercise
    text: str
    shown: str  # work/phase1_cpu/week02_losses/softmax.cc
    first_line: int  # of the region to look at
    copy: Path  # the file that the compiler was given


def place(where: str) -> tuple[str, int]:
    """ "/somewhere/block_sum.cu:14" -> (the path, 14); the line is 0 where none is known."""
    path, _, line = where.rpartition(":")
    return (path, int(line)) if path and line.isdigit() else (where, 0)


def is_learners(subject: Subject, path: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(subject.copy)


def of_the_course(path: str) -> Path | None:
    """The course's file that a path means, relative to the repository. An object that ccache kept names
    the folder that it was first compiled in, so what counts is how the path ends."""
    parts = Path(os.path.normpath(path)).parts[1:]
    ends = (Path(*parts[first:]) for first in range(len(parts) - 1))
    return next((end for end in ends if (ROOT / end).is_file()), None)


def shown_place(subject: Subject, where: str) -> str:
    """A place as messages name it: in the learner's file, in the repository, or by the bare name."""
    path, line = place(where)
    if not line:
        return printable(where)
    if is_learners(subject, path):
        return f"{subject.shown}:{line}"
    return f"{of_the_course(path) or printable(os.path.basename(path))}:{line}"


def source_line(subject: Subject, where: str) -> str:
    """The line of the source that a finding is about; "" if it cannot be read."""
    path, line = place(where)
    if is_learners(subject, path):
        lines = subject.text.splitlines()
    elif line and (file := of_the_course(path)):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    else:
        return ""
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def causes(found: list[dict]) -> list[dict]:
    """Those that may be why a test failed: memory that was not freed is not, since a test that ends
    early frees none."""
    return [finding for finding in found if not finding["what"].startswith("leak:")]


def with_places(subject: Subject, text: str) -> str:
    """The text with every place in it named as messages name it: it may say where memory came from."""
    return printable(re.sub(r"/\S+:\d+", lambda match: shown_place(subject, match[0]), text))


def threads(subject: Subject, finding: dict) -> str:
    """Which kernel, block and threads, and where the other of two stood; what the finding has named is
    not named again."""
    said = [f"in {finding['kernel'].split('::')[-1]}, block {finding['block']}"]
    if finding["thread"] and finding["thread"] not in finding["what"]:
        said.append(f"thread {finding['thread']}")
    if finding["other"]:
        named = finding["other_thread"] in finding["what"]
        thread = "" if named or not finding["other_thread"] else f"thread {finding['other_thread']}"
        block = "" if finding["other_block"] in ("", finding["block"]) else f"block {finding['other_block']}"
        place = "" if finding["other"] == finding["where"] else f"at {shown_place(subject, finding['other'])}"
        if other := " ".join(filter(None, [" of ".join(filter(None, [thread, block])), place])):
            said.append(f"against {other}")
    return ", ".join(said) + (f"; {finding['count']} times in all" if finding["count"] > 1 else "")


def once_each(found: list[dict]) -> list[dict]:
    """Errors first; a warning only where no error of its kind is told of the same line: a missing
    barrier between warps is one within a warp too."""
    errors = {(finding["kind"], finding["where"]) for finding in found if finding["severity"] == "error"}
    kept = [f for f in found if f["severity"] == "error" or (f["kind"], f["where"]) not in errors]
    return sorted(kept, key=lambda finding: finding["severity"] != "error")


def one(screen: Screen, subject: Subject, finding: dict) -> list[str]:
    """A finding in full: kind and place, what was done, the line, the threads, what it means."""
    head = f"{finding['kind'].upper()} {shown_place(subject, finding['where'])}"
    if finding["severity"] == "warning":
        head += " (a warning)"
    lines = screen.wrap(f"{head}  {with_places(subject, finding['what'])}", INDENT + INDENT, INDENT)
    lines[0] = lines[0].replace(finding["kind"].upper(), screen.style(finding["kind"].upper(), "red", "bold"), 1)
    if code := source_line(subject, finding["where"]):
        lines += [INDENT * 3 + line for line in window([code], screen.width - 6)]
    if finding["kernel"]:
        lines += screen.wrap(printable(threads(subject, finding)), INDENT * 2, INDENT * 2)
    return lines + screen.wrap(printable(finding["meaning"]), INDENT * 2, INDENT * 2)


def report(screen: Screen, subject: Subject, found: list[dict]) -> tuple[int, list[str]]:
    """The learner's line that the first finding is about, 0 if none is, and the findings in words:
    those in the learner's file before others."""
    order = sorted(once_each(found), key=lambda f: not is_learners(subject, place(f["where"])[0]))
    lines = [line for finding in order[:MOST] for line in one(screen, subject, finding)]
    if len(order) > MOST:
        kinds = sorted({f"{finding['kind']} {shown_place(subject, finding['where'])}" for finding in order[MOST:]})
        listed = ", ".join(kinds[:3]) + (", ..." if len(kinds) > 3 else "")
        lines += screen.wrap(f"and {len(order) - MOST} more: {listed}", INDENT * 2, INDENT)
    own = next((place(f["where"])[1] for f in order if is_learners(subject, place(f["where"])[0])), 0)
    return own, lines
