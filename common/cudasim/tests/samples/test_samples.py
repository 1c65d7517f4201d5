"""Programs in the manner of CUDA's introductory samples, written from its documentation without knowledge of this
simulator: each must end with PASSED, and with --check without a finding. Errors that some provoke on purpose
and ask for are none.

The plain runs are of every test run; the checked ones and nvcc's builds are slow.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
PROGRAMS = sorted(HERE.glob("*.cu"))


def options(program: Path) -> list[str]:
    """The libraries that the program's first line, its build command, names."""
    first = program.read_text().splitlines()[0]
    return re.findall(r" (-l(?:cublas|curand))\b", first)


def build(program: Path, binary: Path, *flags: str) -> None:
    command = [str(SIMCC), *flags, "-O2", str(program), *options(program), "-o", str(binary)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_passes(program: Path, tmp_path: Path) -> None:
    binary = tmp_path / "program"
    build(program, binary)
    ran = subprocess.run([binary], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1] == "PASSED", ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_has_no_findings(program: Path, tmp_path: Path) -> None:
    binary, report = tmp_path / "program", tmp_path / "findings.json"
    build(program, binary, "--check")
    environment = {**os.environ, "CUDASIM_JSON": str(report)}
    ran = subprocess.run([binary], capture_output=True, text=True, check=False, timeout=300, env=environment)
    assert "PASSED" in ran.stdout.splitlines(), ran.stdout + ran.stderr
    assert not report.exists() or json.loads(report.read_text())["findings"] == [], ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_nvcc_takes_it(program: Path, tmp_path: Path) -> None:
    nvcc = shutil.which("nvcc", path=os.environ.get("PATH", "") + ":/usr/local/cuda/bin")
    if nvcc is None:
        pytest.skip("nvcc is not installed; it comes with the CUDA toolkit")
    standard = ["-std=c++20", "-extended-lambda", "-arch=sm_80"]
    command = [nvcc, *standard, "-Xcompiler=-Wall,-Wextra", str(program), *options(program), "-o", str(tmp_path / "p")]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0 and not built.stderr, built.stderr


def test_there_are_twenty_five() -> None:
    assert len(PROGRAMS) == 25
