"""What ends a launch is told once: at once, with checks as a finding of its own kind."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
PROGRAM = HERE / "launch_ends.cu"
# The program's argument, the mark on the line, the kind, the launch's error, what the finding says.
ENDS = [
    (0, "assert", "assert", "cudaErrorAssert", "Assertion `threadIdx.x < n` failed"),
    (1, "fault", "fault", "cudaErrorLaunchFailure", "integer division by zero"),
    (2, "trap", "fault", "cudaErrorLaunchFailure", "__trap() called"),
    (3, "hang", "hang", "cudaErrorLaunchTimeout", "a thread ran for 1 second and came to no end or barrier"),
    (4, "memory", "memory", "cudaErrorIllegalAddress", "16380 bytes past the end of the array of 4 bytes"),
    (5, "memory", "memory", "cudaErrorIllegalAddress", "write of 4 bytes at a null pointer"),
    (6, "barrier", "barrier", "cudaErrorLaunchFailure", "deadlock: 16 threads wait"),
    (7, "grid", "barrier", "cudaErrorLaunchFailure", "grid.sync() in a kernel that was launched with <<<>>>"),
    (8, "api", "api", "cudaErrorNotSupported", "a call of the runtime from within a kernel"),
    (9, "stack", "memory", "cudaErrorHardwareStackError", "stack overflow"),
    (10, "memset", "memory", "cudaErrorIllegalAddress", "write of 2000 bytes at a null pointer"),
    (11, "strlen", "memory", "cudaErrorIllegalAddress", "illegal memory access"),
    (12, "wild", "memory", "cudaErrorIllegalAddress", "read of 4 bytes where there is no memory at all"),
]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    folder = tmp_path_factory.mktemp("ends")
    built = {}
    for check in (True, False):
        built[check] = folder / f"ends-{check}"
        words = [SIMCC, *(["--check"] if check else ["-g"]), str(PROGRAM), "-o", str(built[check])]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return built


def run(program: Path, which: int, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CUDASIM_WATCHDOG": "1", **variables}
    words = [str(program), str(which)]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment, timeout=60)


def line_of(mark: str) -> int:
    return next(n for n, line in enumerate(PROGRAM.read_text().splitlines(), 1) if line.endswith("// " + mark))


def within(mark: str) -> int:
    """How many lines further down it may be: a stack overflows anywhere in the function."""
    return 3 if mark == "stack" else 0


@pytest.mark.parametrize(("which", "mark", "kind", "error", "what"), ENDS, ids=[str(end[0]) for end in ENDS])
def test_with_checks_it_is_one_finding(
    programs: dict[bool, Path], tmp_path: Path, which: int, mark: str, kind: str, error: str, what: str
) -> None:
    report = tmp_path / "report.json"
    ran = run(programs[True], which, CUDASIM_JSON=str(report))
    found = json.loads(report.read_text())["findings"]
    assert [(finding["kind"], finding["severity"]) for finding in found] == [(kind, "error")], ran.stderr
    if kind != "barrier" or mark == "grid":  # of a deadlock either side may stand first
        file, _, line = found[0]["where"].rpartition(":")
        assert Path(file) == PROGRAM and 0 <= int(line) - line_of(mark) <= within(mark)
    assert what in found[0]["what"] and found[0]["what"].endswith(f"; the launch ends with {error}")
    assert (ran.returncode, ran.stdout) == (1, error + "\n")
    heads = [line for line in ran.stderr.splitlines() if not line.startswith("    ")]
    assert len(heads) == 2 and heads[0].startswith(f"{kind.upper()} error "), ran.stderr
    assert heads[1].startswith("cudasim: 1 finding; with CUDASIM_SEED=1 CUDASIM_WORKERS=1 every run"), ran.stderr


@pytest.mark.parametrize(("which", "mark", "kind", "error", "what"), ENDS, ids=[str(end[0]) for end in ENDS])
def test_without_checks_it_is_told_once(
    programs: dict[bool, Path], which: int, mark: str, kind: str, error: str, what: str
) -> None:
    ran = run(programs[False], which)
    assert (ran.returncode, ran.stdout) == (0, error + "\n")
    assert len([line for line in ran.stderr.splitlines() if not line.startswith("  ")]) == 1, ran.stderr
    places = [f"{PROGRAM.name}:{line_of(mark) + i}" for i in range(within(mark) + 1)]
    assert any(place in ran.stderr for place in places) or kind == "barrier", ran.stderr
