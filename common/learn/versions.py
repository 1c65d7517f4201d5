"""Gates 1 to 3 of check-course: every version of an exercise's file, and what must come of it.

    starter  in debug and in release: fails by NotImplemented
    empty    does not link, and misses every function that the course's file defines
    course   passes in release, and clean under the sanitizers; a .cu file clean under the simulator's
             checks, under which all its versions run, and compiled by nvcc where that is
    wrong    each fails by a test, with the diagnosis it names, or by the finding it names; once more
             with bounds a hundred times as wide, for gate 5
    right    each passes
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from common.learn.exercise import CourseError, Exercise, Variant, starter
from common.learn.toolchain import DEBUG, LEARNER, RELEASE, Mode, Outcome, Toolchain

TIMEOUT_S = 60
LOOSER = {"NN_COMPARE_SCALE": "100"}
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}
UNDEFINED = re.compile(r"undefined reference to `([^']+)'")


@dataclass
class Trial:
    """What came of one version."""

    gate: int
    label: str  # "starter debug", "wrong no_shift"
    problem: str = ""  # "" if it did what it should
    log: list[dict] = field(default_factory=list)
    passes_looser: bool = False
    seconds: float = 0


def first_failure(output: str, most: int = 14) -> str:
    """The first failure in GoogleTest's output or a sanitizer's, or the end of it."""
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if re.search(r": Failure$|ERROR: \w+Sanitizer|runtime error:|C\+\+ exception with description", line):
            return "\n".join(lines[number : number + most])
    return "\n".join(lines[-most:])


def said_of(findings: list[dict]) -> str:
    """The findings of the simulator's checks, a line each."""
    return "".join(f"\n{finding['kind']} {finding['where']}: {finding['what']}" for finding in findings)


def misbehaviour(outcome: Outcome) -> str:
    """Why a version that must build and end by its own tests did not; "" if it did."""
    match outcome.stage:
        case "compile" | "link":
            return f"does not {outcome.stage}:\n{outcome.output[:1500]}"
        case "timeout":
            return f"did not end within {TIMEOUT_S} s"
        case "crash":
            return f"crashed with signal {-outcome.status}:\n{outcome.output[-1500:]}"
    return ""


def starter_problem(outcome: Outcome) -> str:
    if problem := misbehaviour(outcome):
        return problem
    if outcome.passed:
        return "passes with nothing written"
    if "is not written yet" not in outcome.output:
        return f"fails, but not by NotImplemented:\n{first_failure(outcome.output)}"
    return ""


def empty_problem(outcome: Outcome, defined: set[str], elsewhere: Callable[[], set[str]]) -> str:
    """defined: the functions of the course's file, as the linker writes them; elsewhere: those of
    all else that is linked."""
    if outcome.stage != "link":
        what = {"passed": "passes its tests", "compile": "does not compile"}.get(outcome.stage, "links")
        return f"{what}: code that is not the learner's stands in for what is missing"
    missed = set(UNDEFINED.findall(outcome.output))
    if not missed & defined:
        return f"fails to link, but for none of its functions:\n{outcome.output[:1500]}"
    # A function that only its own file calls is not missed either, and that is no fault.
    if defined - missed and (supplied := sorted((defined - missed) & elsewhere())):
        return f"does not miss {', '.join(supplied)}: other code that the test links stands in for it"
    return ""


def course_problem(outcome: Outcome, how: str) -> str:
    if problem := misbehaviour(outcome):
        return f"{how}: {problem}"
    if outcome.passed:
        return ""
    return f"{how}: the course's own code fails:\n{first_failure(outcome.output)}{said_of(outcome.findings)}"


def wrong_problem(outcome: Outcome, looks_like: str, finding: str = "") -> str:
    kinds = {found["kind"] for found in outcome.findings}
    if finding and finding not in kinds:
        return f"{outcome.stage}, without the finding {finding}; it got {', '.join(sorted(kinds)) or 'none'}"
    if outcome.stage == "findings":
        return "" if finding else f"its tests pass; name what the checks find: finding = \"{sorted(kinds)[0]}\""
    if looks_like in ("crash", "timeout"):
        return "" if outcome.stage == looks_like else f"{outcome.stage}, where a {looks_like} is declared"
    if problem := misbehaviour(outcome):
        return problem
    if outcome.passed:
        return "passes, and it is wrong"
    if looks_like == "error":
        return "" if "C++ exception with description" in outcome.output else "no nn::Error in its output"
    looks = {comparison["looks"] for comparison in outcome.comparisons} - {"nothing"}
    if looks_like and looks_like not in looks:
        return f"fails without the diagnosis {looks_like}; it got {', '.join(sorted(looks)) or 'none'}"
    return ""


def right_problem(outcome: Outcome) -> str:
    if problem := misbehaviour(outcome):
        return problem
    return "" if outcome.passed else f"is rejected:\n{first_failure(outcome.output)}{said_of(outcome.findings)}"


class Workshop:
    """Builds and judges versions, with the build's own commands, keeping what was found."""

    def __init__(self, release: Toolchain, sanitize: Toolchain):
        self.release, self.sanitize = release, sanitize
        self.folder = release.build / "check"
        self.results = self.folder / "results"

    def defined(self, *files: str) -> set[str]:
        """The functions that others may call in these objects and archives."""
        command = ["nm", "-C", "--defined-only", "-g", *files]
        listing = subprocess.run(command, cwd=self.release.build, capture_output=True, text=True, check=True).stdout
        return {line.split(" T ", 1)[1] for line in listing.splitlines() if " T " in line}

    def runs(self, exercise: Exercise, text: str, label: str, mode: Mode, *more: dict[str, str]) -> list[Outcome]:
        folder = self.folder / exercise.target / label.replace(" ", "_")
        found = self.release.kept_runs(
            exercise, text, folder, mode, [{}, *more], results=self.results, timeout_s=TIMEOUT_S
        )
        shutil.rmtree(folder, ignore_errors=True)  # hundreds of programs of some megabytes
        return found

    def starter(self, exercise: Exercise, mode: Mode) -> Trial:
        label = f"starter {mode.name}"
        outcome = self.runs(exercise, starter(exercise.text(), exercise.source), label, mode)[0]
        return Trial(1, label, starter_problem(outcome))

    def empty(self, exercise: Exercise) -> Trial:
        outcome = self.runs(exercise, "", "empty", LEARNER)[0]
        own = self.release.course_object(exercise)
        others = [file for file in self.release.commands(exercise)[1] if file.endswith((".o", ".a")) and file != own]
        problem = empty_problem(outcome, self.defined(own), lambda: self.defined(*others))
        return Trial(1, "empty file", problem)

    def course(self, exercise: Exercise, how: str) -> Trial:
        chain, environment = (self.sanitize, SANITIZERS) if how == "sanitize" else (self.release, {})
        folder = chain.build / "check" / exercise.target / "course"
        outcome = chain.kept_course(
            exercise, folder, results=chain.build / "check/results", timeout_s=TIMEOUT_S, environment=environment
        )
        return Trial(2, f"course {how}", course_problem(outcome, how), outcome.comparisons)

    def variant(self, exercise: Exercise, variant: Variant) -> Trial:
        label = f"{'wrong' if variant.wrong else 'right'} {variant.name}"
        text = variant.apply(exercise.text(), exercise.source)
        if not variant.wrong:
            return Trial(3, label, right_problem(self.runs(exercise, text, label, LEARNER)[0]))
        outcome, *looser = self.runs(exercise, text, label, LEARNER, LOOSER)
        return Trial(
            3, label, wrong_problem(outcome, variant.looks_like, variant.finding),
            passes_looser=outcome.stage == "tests" and looser[0].passed,
        )

    def jobs(self, exercise: Exercise, gates: Collection[int]) -> list[tuple[int, str, Callable[[], Trial]]]:
        """What these gates need to have tried: the gate each belongs to, its name, and how."""
        found: list[tuple[int, str, Callable[[], Trial]]] = []
        if not {2, 4, 5}.isdisjoint(gates):
            found.append((2, "course release", lambda: self.course(exercise, "release")))
        if 2 in gates and not exercise.is_cuda:  # whose checks are the simulator's, in every build
            found.append((2, "course sanitize", lambda: self.course(exercise, "sanitize")))
        if exercise.kind == "demo":
            return found
        if 1 in gates:
            found += [
                (1, "starter debug", lambda: self.starter(exercise, DEBUG)),
                (1, "starter release", lambda: self.starter(exercise, RELEASE)),
                (1, "empty file", lambda: self.empty(exercise)),
            ]
        for variant in exercise.variants:
            if 3 in gates or (5 in gates and variant.wrong):
                label = f"{'wrong' if variant.wrong else 'right'} {variant.name}"
                found.append((3, label, lambda variant=variant: self.variant(exercise, variant)))
        return found


def attempt(gate: int, label: str, job: Callable[[], Trial]) -> Trial:
    """A job with its time; a version that cannot even be made is its problem, not the run's end."""
    began = time.monotonic()
    try:
        trial = job()
    except CourseError as error:
        trial = Trial(gate, label, str(error))
    trial.seconds = time.monotonic() - began
    return trial


def variant_count_problems(exercise: Exercise) -> list[str]:
    wrong = sum(variant.wrong for variant in exercise.variants)
    problems = []
    if wrong < 3:
        problems.append(f"has {wrong} known-wrong variants; at least 3 are needed")
    if wrong == len(exercise.variants):
        problems.append("has no known-right variant")
    names = [variant.name for variant in exercise.variants]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        problems.append(f"has two variants of one name: {', '.join(twice)}")
    return problems


def coarse_problems(exercise: Exercise, any_inexact: bool, trials: list[Trial]) -> list[str]:
    """Gate 5's second question: would the tests notice if their bounds were a hundred times wider?"""
    fine = [trial.label for trial in trials if trial.passes_looser]
    if "coarse" in exercise.exempt:
        if fine or not any_inexact:
            why = f"{fine[0]} is that small" if fine else "all its comparisons are exact"
            return [f"{exercise.name}.toml declares [exempt] coarse, and nothing needs it: {why}"]
        return []
    if any_inexact and not fine:
        return ["with every tolerance a hundred times as wide, each known-wrong variant still fails: none is small enough to show slack"]
    return []
