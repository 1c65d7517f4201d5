"""python3 -m common.learn.phase 1: one phase, built alone, tested, diffed, run; on one screen.

Everything long (compiler output, test output) goes to build/phaseN/*.log and is shown only when
that step fails. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from common.learn.exercise import ROOT

PHASES = {1: ("phase1_cpu", "CPU foundations")}


class StepFailed(Exception):
    """A step of the phase failed; its log is to be shown."""

    def __init__(self, what: str, log: Path):
        super().__init__(what)
        self.log = log


class Screen:
    """The lines of the one screen: bold headings where the terminal has them."""

    def __init__(self) -> None:
        self.rich = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def heading(self, text: str) -> None:
        print(f"\033[1m{text}\033[0m" if self.rich else text, flush=True)

    def row(self, name: str, text: str) -> None:
        print(f"{name:<13}{text}" if name.startswith(" ") else f"{name:<11}{text}", flush=True)

    def passing(self, text: str) -> None:
        """A line that the next one replaces; "" wipes it. Only a terminal shows it."""
        if sys.stdout.isatty():
            print(f"\r\033[K{text}", end="", flush=True)


def logged(what: str, command: list[str | Path], log: Path) -> float:
    """Runs a command with its output in `log`; returns its seconds."""
    started = time.monotonic()
    with log.open("ab") as out:
        done = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise StepFailed(f"{what} failed with status {done.returncode}", log)
    return time.monotonic() - started


def test_counts(log: Path) -> tuple[int, int]:
    """(programs, single tests) that ctest ran, from its verbose output."""
    text = log.read_text(errors="replace")
    programs = re.search(r"tests? passed, \d+ tests? failed out of (\d+)", text)
    cases = sum(int(n) for n in re.findall(r"\[==========\] (\d+) tests? from \d+ test suites? ran", text))
    return int(programs[1]) if programs else 0, cases


def run_phase(number: int, screen: Screen) -> None:
    folder, title = PHASES[number]
    build, out = ROOT / f"build/phase{number}", ROOT / f"build/out/phase{number}"
    build.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    screen.heading(f"phase {number}: {title} · the course's own code · CPU")

    log = build / "build.log"
    log.unlink(missing_ok=True)
    seconds = 0.0
    if not (build / "build.ninja").exists():
        configure = ["cmake", "-S", folder, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        seconds += logged("configuring", configure, log)
    seconds += logged("the build", ["ninja", "-C", build], log)
    screen.row("built", f"{folder} alone, in {build.relative_to(ROOT)} ({seconds:.0f} s)")

    log = build / "test.log"
    log.unlink(missing_ok=True)
    seconds = logged("a test", ["ctest", "--test-dir", build, "-V", "-j", str(os.cpu_count())], log)
    programs, cases = test_counts(log)
    if cases == 0:
        raise StepFailed("no test was run", log)
    screen.row("tested", f"{cases} tests in {programs} programs, all passed ({seconds:.0f} s)")

    binaries = build / "bin"
    logged("writing the outputs", [binaries / f"phase{number}_outputs", "--out", out], build / "outputs.log")
    screen.row("diffed", f"{out.relative_to(ROOT)} against reference/ (NumPy, float64):")
    diff = [binaries / "groundup_diff", "--got", out, "--phase", str(number), "--brief"]
    if subprocess.run(diff, cwd=ROOT).returncode != 0:
        raise StepFailed("the outputs differ from the reference", build / "outputs.log")

    screen.row("checkpoint", f"pictures in {out.relative_to(ROOT)}/pictures:")
    checkpoint = [binaries / f"phase{number}_checkpoint", "--out", out / "pictures"]
    if subprocess.run(checkpoint, cwd=ROOT).returncode != 0:
        raise StepFailed("the checkpoint was not reached", build / "outputs.log")
    screen.passing("  mnist      training on 60000 images, about half a minute ...")
    log = build / "train.log"
    log.unlink(missing_ok=True)
    seconds = logged("training on MNIST", [binaries / "train", "--out", out / "mnist"], log)
    screen.passing("")
    accuracy = re.search(r"^test accuracy .*$", log.read_text(errors="replace"), flags=re.MULTILINE)
    if not accuracy:
        raise StepFailed("training on MNIST said no test accuracy", log)
    screen.row("  mnist", f"{accuracy[0]} ({seconds:.0f} s)")
    screen.row("report", f"{(out / 'mnist/report.html').relative_to(ROOT)}: open it in a browser")


def first_failure(log: str, most: int = 18) -> str:
    """The first failure that GoogleTest reported, and which programs failed; else the log's end."""
    lines = [re.sub(r"^\d+: ", "", line) for line in log.splitlines()]
    start = next((i for i, line in enumerate(lines) if line.endswith(": Failure")), None)
    if start is None:
        return "\n".join(lines[-40:])
    failed = [line.strip() for line in lines if line.endswith("(Failed)")]
    return "\n".join(lines[start : start + most] + ["..."] + failed)


def main() -> int:
    if len(sys.argv) != 2 or not sys.argv[1].isdigit() or int(sys.argv[1]) not in PHASES:
        print(f"usage: python3 -m common.learn.phase N, N one of {sorted(PHASES)}", file=sys.stderr)
        return 2
    try:
        run_phase(int(sys.argv[1]), Screen())
    except StepFailed as failure:
        print(first_failure(failure.log.read_text(errors="replace")), file=sys.stderr)
        print(f"phase {sys.argv[1]}: {failure} (whole log: {failure.log.relative_to(ROOT)})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
