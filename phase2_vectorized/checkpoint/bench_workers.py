"""Benches across programs: workers that stay, do a piece of work when told to, and say how long it took.

Contenders take turns, one piece of work each a round, so that a busy moment of the machine falls on
all of them alike; the least of a contender's rounds is what its code can do, as in common/bench.h.
Standard library only.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
OURS = Path(os.environ.get("GROUNDUP_BIN_DIR", ROOT / "build/release/bin")) / "phase2_bench_worker"
PYTHON = Path(__file__).with_name("bench_python.py")

# Every library that these programs may bring has one of its own.
ONE_THREAD = {
    name: "1" for name in ("NN_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
}


class Worker:
    """A program that answers a line with a line, on one thread."""

    def __init__(self, *command: str | Path):
        self.command = [str(part) for part in command]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, **ONE_THREAD},
        )

    def ask(self, work: str) -> str:
        assert self.process.stdin and self.process.stdout
        try:
            print(work, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass  # it has ended, so there is no answer either
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise SystemExit(f"{' '.join(self.command)} did not answer \"{work}\"; its words are above")
        return answer

    def numbers(self, work: str) -> list[float]:
        return [float(word) for word in self.ask(work).split()]

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def python_with(module: str) -> str | None:
    """A Python that has the module: this one, $GROUNDUP_YARDSTICK_PYTHON, or the system's."""
    for python in (os.environ.get("GROUNDUP_YARDSTICK_PYTHON"), sys.executable, "/usr/bin/python3"):
        if python and subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return python
    return None


def machine() -> str:
    """The processor, and how many of its cores this process may use."""
    name = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass  # no Linux
    return f"{name}, {len(os.sched_getaffinity(0))} cores"


def write_samples(samples: object) -> None:
    """All that was measured, into the file that the command line names, if it names one."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(samples, indent=1) + "\n", encoding="utf-8")
