"""python3 -m common.learn.phase 1 [--mine]: one phase, built alone, tested, diffed, run; on one screen.

--mine builds it with the learner's files that common/learn/mine.py has put in place.
Everything long (compiler output, test output) goes to build/phaseN/*.log and is shown only when
that step fails. Standard library only.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.learn.exercise import ROOT, load_course
from common.learn.mine import LIST, explain
from common.learn.terminal import Screen
from common.learn.toolchain import configured


class StepFailed(Exception):
    """A step of the phase failed; its log is to be shown."""

    def __init__(self, what: str, log: Path):
        super().__init__(what)
        self.log = log


@dataclass(frozen=True)
class Built:
    """Where a phase was built, with its logs and programs, and where what it computes goes."""

    build: Path
    out: Path


@dataclass(frozen=True)
class Phase:
    folder: str
    title: str
    checkpoint: Callable[[Built, Screen], None] | None = None  # what it trains, once it is tested


def logged(what: str, command: list[str | Path], log: Path, screen: Screen | None = None) -> float:
    """Runs a command with its output in `log`; returns its seconds. A screen shows meanwhile what it is."""
    started = time.monotonic()
    if screen:
        screen.passing(f"{what} ...")
    with log.open("ab") as out:
        done = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if screen:
        screen.passing("")
    if done.returncode != 0:
        raise StepFailed(f"{what} failed{why(log.read_text(errors='replace'), done.returncode)}", log)
    return time.monotonic() - started


def why(log: str, status: int) -> str:
    """Which of ctest's programs did not pass, and how; for anything else, the status."""
    ended = re.findall(r"^\s*\d+ - (\S+) \((.+)\)$", log, flags=re.MULTILINE)
    if not ended:
        return f" with status {status}"
    late = " (a machine that is busy or slow may be the cause; try again)" if "Timeout" in dict(ended).values() else ""
    names = ", ".join(f"{name} ({how})" for name, how in ended[:4]) + (", ..." if len(ended) > 4 else "")
    return f": {names}{late}"


def test_counts(log: Path) -> tuple[int, int]:
    """(programs, single tests) that ctest ran, from its verbose output."""
    text = log.read_text(errors="replace")
    programs = re.search(r"tests? passed, \d+ tests? failed out of (\d+)", text)
    cases = sum(int(n) for n in re.findall(r"\[==========\] (\d+) tests? from \d+ test suites? ran", text))
    return int(programs[1]) if programs else 0, cases


def whose(number: int, mine: bool) -> str:
    """Whose code runs: the course's own, or how many of the phase's files are the learner's."""
    if not mine:
        return "the course's own code"
    files = [exercise.target for exercise in load_course() if exercise.phase == f"phase{number}"]
    yours = set(LIST.read_text(encoding="utf-8").split()) & set(files)
    return f"{len(yours)} of {len(files)} files are yours"


def row(screen: Screen, name: str, text: str) -> None:
    """A line of the screen: what was done, and what came of it."""
    screen.line(f"{name:<13}{text}" if name.startswith(" ") else f"{name:<11}{text}")


def run_phase(number: int, mine: bool, screen: Screen) -> None:
    phase = PHASES[number]
    folder = phase.folder
    name = f"phase{number}-mine" if mine else f"phase{number}"
    build, out = ROOT / "build" / name, ROOT / "build/out" / name
    build.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    screen.line(screen.style(f"phase {number}: {phase.title} · {whose(number, mine)} · CPU", "bold"))

    log = build / "build.log"
    log.unlink(missing_ok=True)
    seconds = 0.0
    if not configured(build, ROOT / folder):
        configure = ["cmake", "--fresh", "-S", ROOT / folder, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        configure += [f"-DNN_MINE_FILE={LIST}"] if mine else []
        seconds += logged("configuring", configure, log)
    seconds += logged("the build", ["ninja", "-C", build], log, screen)
    row(screen, "built", f"{folder} alone, in {build.relative_to(ROOT)} ({seconds:.0f} s)")

    log = build / "test.log"
    log.unlink(missing_ok=True)
    seconds = logged("the tests", ["ctest", "--test-dir", build, "-V", "-j", str(os.cpu_count())], log, screen)
    programs, cases = test_counts(log)
    if cases == 0:
        raise StepFailed("no test was run", log)
    row(screen, "tested", f"{cases} tests in {programs} programs, all passed ({seconds:.0f} s)")

    binaries = build / "bin"
    logged("writing the outputs", [binaries / f"phase{number}_outputs", "--out", out], build / "outputs.log")
    row(screen, "diffed", f"{out.relative_to(ROOT)} against reference/ (NumPy, float64):")
    diff = [binaries / "groundup_diff", "--got", out, "--phase", str(number), "--brief"]
    if subprocess.run(diff, cwd=ROOT).returncode != 0:
        raise StepFailed("the outputs differ from the reference", build / "outputs.log")

    if phase.checkpoint:
        phase.checkpoint(Built(build, out), screen)


def checkpoint_of_phase_1(built: Built, screen: Screen) -> None:
    """XOR, moons and spiral with their pictures, then MNIST."""
    binaries, build, out = built.build / "bin", built.build, built.out
    row(screen, "checkpoint", f"pictures in {out.relative_to(ROOT)}/pictures:")
    checkpoint = [binaries / "phase1_checkpoint", "--out", out / "pictures"]
    if subprocess.run(checkpoint, cwd=ROOT).returncode != 0:
        raise StepFailed("the checkpoint was not reached", build / "outputs.log")
    screen.passing("  mnist      training on 60000 images, about half a minute ...")
    log = build / "train.log"
    log.unlink(missing_ok=True)
    seconds = logged("training on MNIST", [binaries / "phase1_train", "--out", out / "mnist"], log)
    screen.passing("")
    accuracy = re.search(r"^test accuracy .*$", log.read_text(errors="replace"), flags=re.MULTILINE)
    if not accuracy:
        raise StepFailed("training on MNIST said no test accuracy", log)
    row(screen, "  mnist", f"{accuracy[0]} ({seconds:.0f} s)")
    row(screen, "report", f"{(out / 'mnist/report.html').relative_to(ROOT)}: open it in a browser")


def checkpoint_of_phase_2(built: Built, screen: Screen) -> None:
    """Spiral and sine with their pictures, MNIST from twenty seeds, Fashion-MNIST; then one run with its report."""
    binaries, build, out = built.build / "bin", built.build, built.out
    row(screen, "checkpoint", f"pictures in {out.relative_to(ROOT)}/pictures:")
    checkpoint = [binaries / "phase2_checkpoint", "--out", out / "pictures"]
    if subprocess.run(checkpoint, cwd=ROOT).returncode != 0:
        raise StepFailed("the checkpoint was not reached", build / "outputs.log")
    log = build / "train.log"
    log.unlink(missing_ok=True)
    logged("training on MNIST", [binaries / "phase2_train", "--out", out / "mnist"], log)
    row(screen, "report", f"{(out / 'mnist/report.html').relative_to(ROOT)}: open it in a browser")


PHASES = {
    1: Phase("phase1_cpu", "CPU foundations", checkpoint_of_phase_1),
    2: Phase("phase2_vectorized", "vectorised", checkpoint_of_phase_2),
}


def first_failure(log: str, most: int = 18) -> str:
    """The first failure that GoogleTest reported, and which programs failed; else the log's end."""
    lines = [re.sub(r"^\d+: ", "", line) for line in log.splitlines()]
    start = next((i for i, line in enumerate(lines) if line.endswith(": Failure")), None)
    if start is None:
        return "\n".join(lines[-40:])
    failed = [line.strip() for line in lines if line.endswith(("(Failed)", "(Timeout)"))]
    return "\n".join(lines[start : start + most] + ["..."] + failed)


def main() -> int:
    parser = argparse.ArgumentParser(description="one phase: built alone, tested, diffed, run")
    parser.add_argument("number", type=int, choices=sorted(PHASES))
    parser.add_argument("--mine", action="store_true", help="with the learner's files that pass")
    arguments = parser.parse_args()
    try:
        run_phase(arguments.number, arguments.mine, Screen())
    except StepFailed as failure:
        if not arguments.mine or explain(failure.log, Screen(sys.stderr)) != 0:
            print(first_failure(failure.log.read_text(errors="replace")), file=sys.stderr)
        print(f"phase {arguments.number}: {failure} (whole log: {failure.log.relative_to(ROOT)})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
