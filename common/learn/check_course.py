"""python3 -m common.learn.check_course [--only week02 | softmax | phase1]: is the course honest?

Seven gates for every exercise (a demo passes untouched, so 1, 3 and 6 do not ask about it):

    1  it is registered; its starter compiles and fails by a test, in debug and in release; an empty
       file does not link, and misses every function of the exercise
    2  the course's code passes, and is clean under AddressSanitizer and UndefinedBehaviorSanitizer; CUDA
       is clean under the simulator's checks, and nvcc compiles it where it is installed
    3  every known-wrong variant fails with the diagnosis or the finding it names; every known-right one
       passes
    4  what its tests compare is not square, not constant, not symmetric; outputs are fenced
    5  no tolerance is slack; a hundred times as wide, it lets a known-wrong variant through
    6  three hints; a section in the lesson; excerpts are the files' own lines; links lead somewhere
    7  the README's commands do what it says (once, for the whole course)

Results are kept by content under build/release/check, so that what did not change is not run again.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from common.learn.comparison_rules import data_problems, inexact, smallest_ratio, tolerance_problems
from common.learn.exercise import ROOT, CourseError, Exercise, load_course
from common.learn.quickstart import quickstart_problems
from common.learn.registry import declared_lessons, lesson_problems, registry_problems
from common.learn.toolchain import BuildFailed, Toolchain
from common.learn.versions import (
    Trial,
    Workshop,
    attempt,
    coarse_problems,
    first_failure,
    variant_count_problems,
)

GATES = range(1, 8)
NOT_OF_A_DEMO = {1, 3, 6}
# The comparator's own tests: NaN and infinities in every place, bounds, guards, diagnoses.
COMPARATOR_TESTS = ["common.compare_test", "common.guarded_test", "common.compare_log_test"]
KEPT_DAYS = 30


@dataclass
class Report:
    """What the gates found of one exercise; of the whole course, where `exercise` is None."""

    exercise: Exercise | None
    gates: Collection[int] = GATES
    problems: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    trials: list[Trial] = field(default_factory=list)
    log: list[dict] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.exercise.target if self.exercise else "the course"

    @property
    def failed(self) -> bool:
        return any(self.problems[gate] for gate in self.gates)

    def mark(self, gate: int) -> str:
        if gate not in self.gates:
            return "not run"
        if self.problems.get(gate):
            return "FAIL"
        if self.exercise is None:
            return "ok" if gate in (5, 6, 7) else ""
        if gate == 7 or (gate in NOT_OF_A_DEMO and self.exercise.kind == "demo"):
            return "-"
        declared = {4: set(self.exercise.exempt) - {"coarse"}, 5: set(self.exercise.exempt) & {"coarse"}}
        return f"ok {len(declared[gate])}e" if declared.get(gate) else "ok"


# ------------------------------------------------------------------ one exercise


def judge(exercise: Exercise, course: list[Exercise], gates: Collection[int], trials: list[Trial]) -> Report:
    """All that is known of an exercise once its versions have run."""
    report = Report(exercise, gates, trials=trials)
    for trial in trials:
        if trial.problem:
            report.problems[trial.gate].append(f"{trial.label}: {trial.problem}")
    if exercise.kind != "demo":
        report.problems[3] += variant_count_problems(exercise)
        report.problems[6] += lesson_problems(exercise, course)
    passed = next((trial for trial in trials if trial.label == "course release" and not trial.problem), None)
    if not passed:
        for gate in (4, 5):
            report.problems[gate].append("the course's own code does not pass, so its tests could not be judged")
    else:  # the log of tests that fail says little of the tests
        report.log = passed.log
        report.problems[4] += data_problems(passed.log, exercise)
        report.problems[5] += tolerance_problems(passed.log, exercise)
        if exercise.kind != "demo":
            report.problems[5] += coarse_problems(exercise, bool(inexact(passed.log)), trials)
    return report


# ------------------------------------------------------------------ the course as a whole


def comparator_problems(chain: Toolchain) -> list[str]:
    """Gate 5: NaN and infinities never pass, and a build with fast-math is refused."""
    problems = []
    for name in COMPARATOR_TESTS:
        test = subprocess.run([chain.build / "common" / name], capture_output=True, text=True, cwd=chain.build)
        if test.returncode != 0:
            problems.append(f"the comparator is not to be trusted: {name} fails:\n{first_failure(test.stdout + test.stderr)}")
    for flag in ("", "-ffast-math", "-Ofast"):
        command = [chain.compiler(), "-std=c++20", *flag.split(), "-I", str(ROOT), "-fsyntax-only", "-x", "c++", "-"]
        done = subprocess.run(command, input='#include "common/compare.h"\n', capture_output=True, text=True)
        if flag and (done.returncode == 0 or "fast-math" not in done.stderr):
            problems.append(f"common/compare.h does not refuse {flag}, under which NaN equals anything")
        elif not flag and done.returncode != 0:
            problems.append(f"common/compare.h does not compile:\n{done.stderr[:800]}")
    return problems


def document_problems(build: Path, *options: str) -> dict[str, list[str]]:
    """Gate 6: what test_documents.py finds, by the page it is about ("" for none in particular).
    options are pytest's."""
    listing = build / "check/documents.xml"
    listing.parent.mkdir(parents=True, exist_ok=True)
    listing.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "pytest", "-q", "--run-course",
        f"--junitxml={listing}", "common/learn/test_documents.py", *options,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if not listing.exists():
        return {"": [f"the documents could not be checked:\n{(done.stdout + done.stderr)[-1500:]}"]}
    problems: dict[str, list[str]] = defaultdict(list)
    for case in ElementTree.parse(listing).iter("testcase"):
        for failure in [*case.iter("failure"), *case.iter("error")]:
            page = re.search(r"\[(.+\.md)\]$", case.get("name", ""))
            said = (failure.get("message") or failure.text or "").removeprefix("AssertionError: ")
            problems[page[1] if page else ""].append(f"{case.get('name')}: {said.split(chr(10) + 'assert ')[0][:800]}")
    if done.returncode != 0 and not problems:
        problems[""].append(f"the documents' tests failed:\n{done.stdout[-1500:]}")
    return problems


# ------------------------------------------------------------------ the table


def table(reports: list[Report]) -> str:
    rows = [("exercise", *(str(gate) for gate in GATES[:-1]), "versions", "seconds", "ratio")]
    for report in reports:
        ratio = smallest_ratio(report.log)
        rows.append((
            report.name.partition(".")[2] if report.exercise else report.name,
            *(report.mark(gate) for gate in GATES[:-1]),
            str(len(report.trials)), f"{sum(trial.seconds for trial in report.trials):.1f}",
            "exact" if ratio is None else f"{ratio:.0e}",
        ))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.ljust(width) for cell, width in zip(row[1:7], widths[1:7]))]
        cells += [cell.rjust(width) for cell, width in zip(row[7:], widths[7:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def exemptions(reports: list[Report]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for report in reports:
        for name in report.exercise.exempt if report.exercise else ():
            counts[name] += 1
    listed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"declared exemptions, each with its reason in X.toml: {listed or 'none'}"


def show(report: Report) -> None:
    seconds = sum(trial.seconds for trial in report.trials)
    print(f"{'FAIL' if report.failed else 'ok  '} {report.name}: {len(report.trials)} versions, {seconds:.1f} s", flush=True)
    for gate in report.gates:
        for problem in report.problems[gate]:
            print(f"     gate {gate}: {report.name}: " + problem.replace("\n", "\n       "), flush=True)


def forget_old_results(folder: Path) -> None:
    limit = time.time() - KEPT_DAYS * 86400
    for record in folder.glob("*.json"):
        if record.stat().st_mtime < limit:
            record.unlink()


# ------------------------------------------------------------------ the run


def check(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    course = load_course()
    chosen = [e for e in course if arguments.only in ("", e.week, e.name, e.phase, e.target)]
    release, sanitize = Toolchain(arguments.build), Toolchain(arguments.sanitize)
    release.refresh()
    registry = registry_problems(ROOT, course, declared_lessons(release.build))
    if arguments.only:
        registry = {target: found for target, found in registry.items() if target in {e.target for e in chosen}}
    if registry:
        for target, found in registry.items():
            print("\n".join([f"FAIL {target}", *(f"     gate 1: {target}: {problem}" for problem in found)]))
        raise CourseError("these exercises are not registered as they must be; nothing was built")
    if not chosen:
        raise CourseError(f"--only {arguments.only}: no such week, exercise or phase")
    gates = arguments.gates
    sanitized = [exercise for exercise in chosen if 2 in gates and not exercise.is_cuda]
    if sanitized and shutil.which("clang++") is None:
        raise CourseError("gate 2 needs clang++ with its sanitizers. To install them: common/setup.sh need clang")

    also = [*(COMPARATOR_TESTS if 5 in gates else []), *(release.nvcc_tests(chosen) if 2 in gates else [])]
    release.prepare(chosen, also=also)
    if sanitized:
        sanitize.prepare(sanitized)
    for chain, subjects in ((release, chosen), (sanitize, sanitized)):
        for exercise in subjects:  # asked of ninja once, and not by all threads at a time
            chain.commands(exercise)
    built = time.monotonic()
    print(f"{len(chosen)} exercises; their tests are built ({built - began:.0f} s)", flush=True)

    workshop = Workshop(release, sanitize)
    reports = []
    pool = ThreadPoolExecutor(arguments.jobs)
    try:
        trials: list[tuple[Exercise, list[Future[Trial]]]] = [
            (exercise, [pool.submit(attempt, *job) for job in workshop.jobs(exercise, gates)]) for exercise in chosen
        ]
        pages = document_problems(release.build) if 6 in gates else {}  # mostly one program at a time
        for exercise, futures in trials:
            report = judge(exercise, course, gates, [future.result() for future in futures])
            report.problems[6] += pages.pop(f"{exercise.folder.relative_to(ROOT)}/README.md", [])
            reports.append(report)
            show(report)
    finally:
        pool.shutdown(cancel_futures=True)
    count, seconds = sum(len(report.trials) for report in reports), time.monotonic() - built

    whole = Report(None, gates if not arguments.only else set(gates) - {7})
    if 5 in whole.gates:
        whole.problems[5] += comparator_problems(release)
    whole.problems[6] += [problem for page in pages.values() for problem in page]
    if 7 in whole.gates:
        whole.problems[7] += quickstart_problems(release.build / "check", lambda line: print(line, flush=True))
    if whole.failed:
        show(whole)
    forget_old_results(workshop.results)

    print("\n" + table(reports))
    print(f"\nthe comparator refuses NaN, infinities and fast-math: {whole.mark(5)}; the documents: {whole.mark(6)}")
    print(f"7 the README's commands: {whole.mark(7)}{' with ONLY' if arguments.only else ''}")
    print("- not asked of a demo; 1e: one exemption declared; ratio: the smallest part of its bound that a test uses")
    print(exemptions(reports))
    print(f"{count} versions in {seconds:.0f} s, {count / max(seconds, 1e-9):.1f} a second on {arguments.jobs} threads")
    honest = sum(not report.failed for report in reports)
    print(f"{honest} of {len(reports)} exercises are honest" + ("" if not whole.failed else "; the course as a whole is not"))
    return 1 if honest < len(reports) or whole.failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="a week (week02), an exercise (softmax) or a phase (phase1)")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--sanitize", type=Path, default=ROOT / "build/sanitize")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument(
        "--gates", type=lambda text: sorted({int(digit) for digit in text}), default=GATES, help="as in 134; all without"
    )
    try:
        return check(parser.parse_args())
    except BuildFailed as error:
        print(f"check-course: the course's own code does not build:\n{error}", file=sys.stderr)
    except (CourseError, OSError) as error:
        print(f"check-course: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ncheck-course: stopped; what was found is kept", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
