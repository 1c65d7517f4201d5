"""Races in global memory: looked for with CUDASIM_CHECK_GLOBAL=1 only.

A line that ends in `// expect: race error` must be found, as either side of a finding, in every order; `// maybe` may be.
A program without such a line must have no finding and end with 0.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
PROGRAMS = sorted(HERE.glob("*.cu"))
SEEDS = ["0", "7", "8"]


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    folder = tmp_path_factory.mktemp("programs")
    built = {program: folder / program.stem for program in PROGRAMS}
    for program, binary in built.items():
        done = subprocess.run(
            [SIMCC, "--check", str(program), "-o", str(binary)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return built


def run(binary: Path, report: Path, **variables: str) -> tuple[int, dict[str, Any], str]:
    environment = {**os.environ, "CUDASIM_JSON": str(report), **variables}
    ran = subprocess.run([binary], capture_output=True, text=True, check=False, env=environment, timeout=60)
    return ran.returncode, json.loads(report.read_text()), ran.stderr


def line_of(where: str) -> int:
    return int(where.rpartition(":")[2])


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_findings(program: Path, binaries: dict[Path, Path], tmp_path: Path) -> None:
    lines = program.read_text().splitlines()
    must = {number for number, line in enumerate(lines, 1) if "// expect: race error" in line}
    may = must | {number for number, line in enumerate(lines, 1) if re.search(r"// maybe\b", line)}
    for seed in SEEDS:
        variables = {"CUDASIM_CHECK_GLOBAL": "1", "CUDASIM_SEED": seed}
        status, report, text = run(binaries[program], tmp_path / "findings.json", **variables)
        assert status == (1 if must else 0), (seed, text)
        sides = set()
        for finding in report["findings"]:
            assert (finding["kind"], finding["severity"]) in {("race", "error"), ("race", "warning")}, (seed, finding)
            assert finding["address"].endswith("]") and finding["other_thread"] and finding["other_block"], finding
            sides |= {line_of(finding["where"]), line_of(finding["other"])}
        assert must <= sides <= may, (seed, must, sides, text)


def test_nothing_is_found_unless_asked_for(binaries: dict[Path, Path], tmp_path: Path) -> None:
    for program, binary in binaries.items():
        status, report, text = run(binary, tmp_path / "findings.json")
        assert (status, report["findings"]) == (0, []), (program, text)


def test_a_setting_that_is_neither_0_nor_1_is_refused(binaries: dict[Path, Path], tmp_path: Path) -> None:
    _, _, text = run(binaries[PROGRAMS[0]], tmp_path / "findings.json", CUDASIM_CHECK_GLOBAL="yes")
    assert "CUDASIM_CHECK_GLOBAL is 'yes'; it may be 0 or 1" in text
