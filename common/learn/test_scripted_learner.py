"""A learner who works through the whole course in a terminal, and first makes mistakes.

For each exercise: a known-wrong variant is saved and its report read, then an empty file, then a right
answer written differently from the course's; then the next. At the end each phase's trainer trains MNIST
with what was written. Takes minutes: python -m pytest --run-course runs it.

One mistake an exercise: that every one of them fails with its diagnosis, built in the same way, is gate 3
of check-course. --run-slow makes all of them here too.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from common.learn.exercise import ROOT, Exercise, Variant, load_course
from common.learn.learner_testing import Terminal, alone_with_ones_own, environment, save
from common.learn.state import Store
from common.learn.workspace import Workspace

# What the screen says of each diagnosis that an exercise names (common/diagnose*.cc).
WORDS = {
    "all_zeros": r"all zeros", "constant_offset": r"every element is off by",
    "constant_ratio": r"(times what is wanted|of what is wanted|[Tt]wice what|half of what)",
    "error": r"threw|NN_CHECK|does not hold|nn::Error",
    "last_write_wins": r"last write wins", "missing_bias": r"every row is off by the same row",
    "missing_term": r"one term of each sum is missing", "nan_or_inf": r"(NaN|infinity) ",
    "not_written": r"written: what the output held", "one_row_or_column": r"only (row|column|element) ",
    "only_first_block": r"only the first ", "ratio_per_row": r"each row is off by a factor",
    "reordered": r"right numbers in other places", "repeated": r"(every element is the same|every row is the same)",
    "rounding": r"rounding: nearly right", "shifted_by_one": r"shifted by one", "sign": r"the wrong sign",
    "tail": r"only the (tail|last)", "transposed": r"transposed", "canary_overwritten": r"a write outside",
    "crash": r"(segmentation fault|stopped by|ended by|stack)", "timeout": r"still running",
}


def as_learner(exercise: Exercise, text: str) -> str:
    """A version of the course's file as a learner has it: without the closing marks."""
    return "".join(line for line in text.splitlines(keepends=True) if "// <<<" not in line)


def signature(exercise: Exercise) -> str:
    return f"{exercise.target}, written by the learner"


def answer(exercise: Exercise) -> str:
    """A right answer that is not the course's, signed: the signature is in every program that the file is in."""
    right: list[Variant] = [variant for variant in exercise.variants if not variant.wrong]
    text = as_learner(exercise, right[0].apply(exercise.text(), exercise.source))
    # Once: a file that is compiled for several sets of instructions includes itself.
    return (
        f"{text}\n#ifndef SIGNED\n#define SIGNED\nnamespace {{\n"
        f'[[gnu::used]] const char kSignature[] = "{signature(exercise)}";\n}}\n#endif\n'
    )


def mistakes(exercise: Exercise, number: int, every: bool) -> list[Variant]:
    """The known-wrong variants that are made: one, at another place of the list for each exercise, or all."""
    wrong = [variant for variant in exercise.variants if variant.wrong]
    return wrong if every else [wrong[number % len(wrong)]]


def report_of(screen: str) -> str:
    """The last whole report on the screen, its lines joined."""
    return re.sub(r"\s+", " ", screen)


def submit(terminal: Terminal, path: Path, text: str, sign: str, name: str) -> str:
    """Saves a version and reads the report that follows."""
    save(path, text)
    return report_of(terminal.wait_for(rf"{sign} {name} [\s\S]*watching \S+[\s\S]*quit"))


def work_through(terminal: Terminal, exercise: Exercise, workspace: Workspace, wrong: list[Variant]) -> list[str]:
    """All of an exercise; what went otherwise than it should."""
    problems = []
    terminal.wait_for(rf"[○✓✗] {exercise.name} [\s\S]*watching \S+{exercise.name}.cc[\s\S]*quit")
    path, name = workspace.path(exercise), exercise.name
    for variant in wrong:
        text = as_learner(exercise, variant.apply(exercise.text(), exercise.source))
        report = submit(terminal, path, text, "✗", name)
        if workspace.shown(exercise) not in report:
            problems.append(f"{name} {variant.name}: the report does not name the file:\n{report}")
        if variant.looks_like and not re.search(WORDS[variant.looks_like], report):
            problems.append(f"{name} {variant.name}: no word of {variant.looks_like}:\n{report}")
    report = submit(terminal, path, "", "✗", name)
    if "the file is empty" not in report:
        problems.append(f"{name}, empty: {report}")
    submit(terminal, path, answer(exercise), "✓", name)
    return problems


@pytest.mark.course
@pytest.mark.longest
def test_the_course_ends_with_networks_of_ones_own(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    every_mistake = request.config.getoption("--run-slow")
    course = load_course()
    workspace = Workspace(tmp_path)
    problems: list[str] = []
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"Welcome to groundup[\s\S]*✓ hello [\s\S]*press n[\s\S]*quit", 600)
        for number, exercise in enumerate(course[1:]):
            terminal.press("n")
            problems += work_through(terminal, exercise, workspace, mistakes(exercise, number, every_mistake))
        assert "every exercise is done" in everything(terminal)
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.restored()
    assert not problems, "\n\n".join(problems)
    state = Store(tmp_path / ".learn").load()
    assert [e.name for e in course if state.of(e.target).status != "done"] == []

    with alone_with_ones_own():
        # One epoch reaches 95.9 %, three 97 %; with the right answer of `matmul` that is not the course's, each
        # takes a minute.
        trains_with_ones_own(tmp_path, course, 1, *(("--epochs 3", 97) if every_mistake else ("--epochs 1", 95)))
        trains_with_ones_own(tmp_path, course, 2, "", 97.5)


def trains_with_ones_own(folder: Path, course: list[Exercise], phase: int, options: str, at_least: float) -> None:
    """`make train PHASE=n MINE=1` trains MNIST with every file of the phase that the learner wrote."""
    trained = subprocess.run(
        ["make", "train", f"PHASE={phase}", "MINE=1", f"ARGS={options} --out {folder / f'phase{phase}'}"],
        cwd=ROOT, env=environment(folder), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )
    assert trained.returncode == 0, trained.stdout
    assert trained.stdout.splitlines()[0] == f"{len(course)} of {len(course)} files are yours", trained.stdout
    accuracy = re.search(r"^test accuracy ([\d.]+) %", trained.stdout, flags=re.MULTILINE)
    assert accuracy and float(accuracy[1]) >= at_least, trained.stdout
    program = (ROOT / f"build/mine/bin/phase{phase}_train").read_bytes()
    written = [e for e in course if e.phase == f"phase{phase}" and e.kind != "demo"]
    assert written and [e.name for e in written if signature(e).encode() not in program] == []


def everything(terminal: Terminal) -> str:
    """The whole of what was written, on one line."""
    return re.sub(r"\s+", " ", terminal.text)
