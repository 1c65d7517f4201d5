"""python3 -m common.learn.check_course [--only week02 | --only softmax]: is the course honest?

For every exercise: the starter compiles, and fails by NotImplemented in a test, not by a crash;
every known-wrong variant compiles and fails with the diagnosis it names; every known-right variant
passes. One object is recompiled a variant and linked into the exercise's own test program, in place
of the course's object, with the commands that the build itself uses.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from common.learn.exercise import ROOT, CourseError, Exercise, load_course, starter

LEARNER_FLAGS = [f"-Wno-unused-{what}" for what in ("parameter", "variable", "function", "but-set-variable")]
TIMEOUT_S = 60
# After the build's own flags, so that this one holds: hundreds of files are compiled once each.
QUICK_FLAGS = ["-O1"]


@dataclass
class Trial:
    """One version of an exercise's file and what came of it."""

    exercise: Exercise
    name: str  # "starter", "wrong no_shift", "right two_loops"
    problem: str  # "" if it did what it should


def build_commands(build: Path, exercise: Exercise) -> tuple[list[str], list[str]]:
    """The compile command of the exercise's object and the link command of its test."""
    listing = subprocess.run(
        ["ninja", "-C", build, "-t", "commands", f"{exercise.target}_test"],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()
    compile_line = next(line for line in listing if line.endswith(f" -c {exercise.source}"))
    link_line = listing[-1].removeprefix(": && ").removesuffix(" && :")
    return shlex.split(compile_line), shlex.split(link_line)


def run_version(build: Path, exercise: Exercise, label: str, text: str) -> tuple[str, int, str, set[str]]:
    """Compiles and runs one version: (stage reached, exit status, output, diagnoses logged)."""
    folder = build / "check" / exercise.target / label.replace(" ", "_")
    folder.mkdir(parents=True, exist_ok=True)
    source, obj, program = folder / f"{exercise.name}.cc", folder / "object.o", folder / "test"
    source.write_text(text, encoding="utf-8")
    compile_command, link_command = build_commands(build, exercise)
    original = compile_command[compile_command.index("-o") + 1]
    compile_command[compile_command.index("-o") + 1] = str(obj)
    for flag in ("-MF", "-MT"):  # the build's own dependency file stays the build's
        if flag in compile_command:
            compile_command[compile_command.index(flag) + 1] = f"{obj}.d"
    compile_command[-1] = str(source)
    done = subprocess.run(compile_command + LEARNER_FLAGS + QUICK_FLAGS, cwd=build, capture_output=True, text=True)
    if done.returncode != 0:
        return "compile", done.returncode, done.stderr, set()
    if original not in link_command:
        raise CourseError(f"{exercise.target}: the test does not link the exercise's object {original}")
    link_command[link_command.index(original)] = str(obj)
    link_command[link_command.index("-o") + 1] = str(program)
    done = subprocess.run(link_command, cwd=build, capture_output=True, text=True)
    if done.returncode != 0:
        return "link", done.returncode, done.stderr, set()
    log = folder / "compare.jsonl"
    log.unlink(missing_ok=True)
    try:
        done = subprocess.run(
            [program], cwd=folder, capture_output=True, text=True, errors="replace",
            timeout=TIMEOUT_S, env={**os.environ, "NN_COMPARE_LOG": str(log)},
        )
    except subprocess.TimeoutExpired:
        return "timeout", 1, "", set()
    looks = set()
    if log.exists():
        looks = {json.loads(line)["looks"] for line in log.read_text().splitlines()}
    return "run", done.returncode, done.stdout + done.stderr, looks


def failure_of(output: str, most: int = 12) -> str:
    """The first failure in GoogleTest's output."""
    lines = output.splitlines()
    first = next((i for i, line in enumerate(lines) if "Failure" in line), 0)
    return "\n".join(lines[first : first + most])


def judge(build: Path, exercise: Exercise, label: str, text: str, looks_like: str | None) -> Trial:
    """looks_like: the diagnosis a wrong variant must get, "" for any failure, None to pass."""
    stage, status, output, looks = run_version(build, exercise, label, text)
    problem = ""
    if stage == "timeout":
        problem = f"did not end within {TIMEOUT_S} s"
    elif stage != "run":
        problem = f"does not {stage}:\n{output}"
    elif status < 0:
        problem = f"crashed with signal {-status}:\n{output[-1500:]}"
    elif label == "starter":
        if status == 0:
            problem = "passes with nothing written"
        elif "is not written yet" not in output:
            problem = f"fails, but not by NotImplemented:\n{failure_of(output)}"
    elif looks_like is None:
        problem = f"is rejected:\n{failure_of(output)}" if status else ""
    elif status == 0:
        problem = "passes, and it is wrong"
    elif looks_like == "error":
        problem = "" if "C++ exception with description" in output or "throw" in output else "no nn::Error in its output"
    elif looks_like and looks_like not in looks:
        problem = f"fails without the diagnosis {looks_like}; it got {sorted(looks - {'nothing'}) or 'none'}"
    return Trial(exercise, label, problem)


def trials(exercise: Exercise) -> list[tuple[str, str, str | None]]:
    """What to run for an exercise: (label, text, expected diagnosis or None)."""
    if exercise.kind == "demo":
        return []
    text = exercise.text()
    jobs: list[tuple[str, str, str | None]] = [("starter", starter(text, exercise.source), "")]
    for variant in exercise.variants:
        label = f"{'wrong' if variant.wrong else 'right'} {variant.name}"
        jobs.append((label, variant.apply(text, exercise.source), variant.looks_like if variant.wrong else None))
    return jobs


def form_problems(exercise: Exercise) -> list[str]:
    """What can be said without compiling."""
    if exercise.kind == "demo":
        return []
    problems = []
    wrong = sum(variant.wrong for variant in exercise.variants)
    if len(exercise.hints) != 3:
        problems.append(f"has {len(exercise.hints)} hints, not 3")
    if wrong < 3:
        problems.append(f"has {wrong} known-wrong variants; at least 3 are needed")
    if wrong == len(exercise.variants):
        problems.append("has no known-right variant")
    lesson = exercise.folder / "README.md"
    lines = lesson.read_text(encoding="utf-8").splitlines() if lesson.exists() else []
    if not any(line.endswith(f"# {exercise.lesson}") for line in lines):
        problems.append(f"README.md beside it has no heading {exercise.lesson!r}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="a week (week02) or an exercise (softmax)")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    try:
        course = [e for e in load_course() if arguments.only in ("", e.week, e.name, e.phase)]
        if not course:
            raise CourseError(f"--only {arguments.only}: no such week, exercise or phase")
        subprocess.run(["ninja", "-C", arguments.build, "--quiet", *(f"{e.target}_test" for e in course)], check=True)
        failures = 0
        with ThreadPoolExecutor(arguments.jobs) as pool:
            for exercise in course:
                problems = form_problems(exercise)
                jobs = [pool.submit(judge, arguments.build, exercise, *job) for job in trials(exercise)]
                done = [job.result() for job in jobs]
                problems += [f"{trial.name}: {trial.problem}" for trial in done if trial.problem]
                failures += bool(problems)
                print(f"{'FAIL' if problems else 'ok  '} {exercise.target}: {len(done)} versions", flush=True)
                for problem in problems:
                    print("     " + problem.replace("\n", "\n     "), flush=True)
    except (CourseError, subprocess.CalledProcessError) as error:
        print(f"check-course: {error}", file=sys.stderr)
        return 1
    print(f"{len(course) - failures} of {len(course)} exercises are honest")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
