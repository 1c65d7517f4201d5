"""The checks: each program beside this file is compiled with --check and run in several orders.

A line that ends in `// expect: KIND SEVERITY` must be found, in every order, and nothing else; alternatives are
separated by `|`, of which at least one must be found; `thread=(x,y,z)` names the thread. A program without such
a line must have no finding, and end with 0.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
PROGRAMS = sorted(HERE.glob("*.cu"))
EXPECT = re.compile(r"// expect: (.*)$")


def expected(program: Path) -> dict[int, tuple[set[str], str]]:
    """By line: the kinds and severities of which one must be found there, and the thread, or ''."""
    lines = {}
    for number, line in enumerate(program.read_text().splitlines(), 1):
        if match := EXPECT.search(line):
            text, _, thread = match[1].partition(" thread=")
            lines[number] = ({kind.strip() for kind in text.split("|")}, thread.strip())
    return lines


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_findings(program: Path, tmp_path: Path) -> None:
    binary = tmp_path / "program"
    built = subprocess.run(
        [SIMCC, "--check", str(program), "-o", str(binary)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    want = expected(program)
    for seed, workers in [("0", "1"), ("1", "2"), ("7", "2"), ("8", "1"), ("23", "3")]:
        report = tmp_path / f"findings-{seed}.json"
        environment = {**os.environ, "CUDASIM_SEED": seed, "CUDASIM_WORKERS": workers, "CUDASIM_JSON": str(report)}
        ran = subprocess.run([binary], capture_output=True, text=True, check=False, env=environment, timeout=60)
        assert ran.returncode == (1 if want else 0), ran.stderr
        found = json.loads(report.read_text())["findings"]
        by_line: dict[int, set[str]] = {}
        for finding in found:
            file, _, line = finding["where"].rpartition(":")
            assert Path(file).name == program.name, finding
            by_line.setdefault(int(line), set()).add(f"{finding['kind']} {finding['severity']}")
            if int(line) in want and want[int(line)][1]:
                assert finding["thread"] == want[int(line)][1], (seed, finding)
        assert by_line.keys() == want.keys(), (seed, ran.stderr)
        for line, kinds in by_line.items():
            assert kinds <= want[line][0], (seed, line, kinds, ran.stderr)


def test_there_are_programs_of_every_kind() -> None:
    kinds = {path.stem.split("_")[0] for path in PROGRAMS}
    assert kinds == {"memory", "race", "barrier", "init", "api", "clean"}
