"""python3 -m common.learn.work start|check|solution NAME: one exercise, to write and to check.

start     empties the regions of NAME.cc that are the learner's to write
check     builds that exercise's test alone and runs it, up to the first failure
solution  puts the course's NAME.cc back; the learner's stays beside it as NAME.mine.cc

Nothing the learner wrote is overwritten: `start` and `solution` keep a copy of what they replace if
it is not the course's. Standard library only.
"""

from __future__ import annotations

import subprocess
import sys

from common.learn.exercise import ROOT, CourseError, Exercise, load_course, starter


def find(name: str) -> Exercise:
    course = load_course()
    for exercise in course:
        if exercise.name == name:
            return exercise
    raise CourseError(f"EX is {name!r}; it may be one of: {' '.join(exercise.name for exercise in course)}")


def course_text(exercise: Exercise) -> str:
    """The file as the course's history has it: the first commit that added it holds the whole."""
    path = exercise.source.relative_to(ROOT).as_posix()
    newest = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", "origin/HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    shown = subprocess.run(
        ["git", "show", f"{newest or 'HEAD'}:{path}"], cwd=ROOT, capture_output=True, text=True
    )
    if shown.returncode != 0:
        raise CourseError(f"git has no {path}: {shown.stderr.strip()}")
    return shown.stdout


def keep(exercise: Exercise) -> None:
    """Copies the learner's file to NAME.mine.cc (or .mine2.cc, ...) unless it is the course's own."""
    text, course = exercise.text(), course_text(exercise)
    if text in (course, starter(course, exercise.source)):
        return
    number = 1
    while (path := exercise.folder / f"{exercise.name}.mine{number if number > 1 else ''}.cc").exists():
        number += 1
    path.write_text(text, encoding="utf-8")
    print(f"what you had is kept in {path.relative_to(ROOT)}")


def start(exercise: Exercise) -> int:
    if exercise.kind == "demo":
        print(f"{exercise.name} is written already: run make check EX={exercise.name}")
        return 0
    keep(exercise)
    exercise.source.write_text(starter(course_text(exercise), exercise.source), encoding="utf-8")
    print(f"yours to write: {exercise.source.relative_to(ROOT)}, in place of each NN_TODO")
    print(f"the lesson:     {(exercise.folder / 'README.md').relative_to(ROOT)}, \"{exercise.lesson}\"")
    print(f"then:           make check EX={exercise.name}")
    return 0


def solution(exercise: Exercise) -> int:
    keep(exercise)
    exercise.source.write_text(course_text(exercise), encoding="utf-8")
    print(f"the course's code is back in {exercise.source.relative_to(ROOT)}")
    return 0


def check(exercise: Exercise) -> int:
    build = ROOT / "build/release"
    target = f"{exercise.target}_test"
    built = subprocess.run(["ninja", "-C", build, "--quiet", target], capture_output=True, text=True)
    if built.returncode != 0:
        lines = (built.stdout + built.stderr).splitlines()
        print("\n".join(line for line in lines if not line.startswith(("ninja:", "FAILED:", "/usr/bin/c"))))
        print(f"{exercise.name} does not compile yet")
        return 1
    program = build / exercise.folder.relative_to(ROOT) / target
    done = subprocess.run(
        [program, "--gtest_brief=1", "--gtest_fail_fast"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )
    status = done.returncode
    noise = ("Running main()", "[==========]", "[  SKIPPED", "[  PASSED")
    for line in done.stdout.splitlines():  # a failure, without the tests it kept from running
        if line and not line.startswith(noise) and not line.endswith(": Skipped"):
            print(line)
    if status < 0:
        print(f"the test was ended by signal {-status}: memory was written past its end, perhaps; make sanitize tells")
    print(f"{exercise.name}: {'all its tests pass' if status == 0 else 'not yet; this is the first test that fails'}")
    return 0 if status == 0 else 1


COMMANDS = {"start": start, "check": check, "solution": solution}


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[1] not in COMMANDS:
        print("usage: make start|check|solution EX=NAME, as in EX=transpose", file=sys.stderr)
        return 2
    try:
        return COMMANDS[sys.argv[1]](find(sys.argv[2]))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
