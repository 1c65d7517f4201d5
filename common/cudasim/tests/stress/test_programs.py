"""200 random programs compiled by simcc, each against its sequential model; 40 of them without --run-slow.

A program that differs, or does not compile, is kept: its file and the smallest version of it that still fails are
named in the report. CUDASIM_STRESS_SEED sets the first seed; `programs.py --seed N --count 1` writes one program.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .building import Builder, ran, simcc, together
from .programs import Program, source
from .shrink_program import smallest
from .test_lists import chosen

IN_A_FILE = 20
NVCC = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")


def check(builder: Builder, files: int) -> None:
    begin = chosen("CUDASIM_STRESS_SEED", 1)
    firsts = [begin + IN_A_FILE * i for i in range(files)]
    binaries = together([lambda f=first: builder.programs(f, IN_A_FILE, "O1") for first in firsts])
    agreed = 0
    for first, binary in zip(firsts, binaries):
        for seed, workers in [(0, 1), (first + 1, 2), (first + 2, 4)]:
            result = ran(binary, seed=seed, workers=workers)
            if result.returncode != 0:
                named = re.search(r"program (\d+) DIFFERS", result.stdout)
                kept = f"; made smaller: {smallest(int(named[1]), seed, workers)}" if named else ""
                pytest.fail(f"{binary}, seed {seed}, {workers} workers{kept}\n{result.stdout}{result.stderr}")
            assert result.stderr == ""
        agreed += len(set(re.findall(r"program (\d+): digest", result.stdout)))
    assert agreed == files * IN_A_FILE


def test_40_programs_agree_with_their_models(builder: Builder) -> None:
    check(builder, 2)


@pytest.mark.slow
def test_200_programs_agree_with_their_models(builder: Builder) -> None:
    check(builder, 10)


@pytest.mark.skipif(NVCC is None, reason="nvcc is not here")
def test_nvcc_takes_the_programs_too(tmp_path: Path) -> None:
    file = tmp_path / "programs.cu"
    file.write_text(source([Program(seed) for seed in random.Random(1).sample(range(1, 201), 5)]))
    command = [str(NVCC), "-std=c++20", "-arch=sm_80", "--diag-suppress=177", "-c", str(file)]
    built = subprocess.run([*command, "-o", str(tmp_path / "o")], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr


def test_a_seed_decides_the_program() -> None:
    assert Program(5).text() == Program(5).text()
    assert Program(5).text() != Program(6).text()


def test_a_difference_is_seen(tmp_path: Path) -> None:
    """A kernel whose sum is one too large is found, and what has no part in it is left out of the smallest version."""
    program = Program(9)

    def spoiled(text: str) -> str:
        return text.replace("u0 = in[gid % 257u], u1", "u0 = in[gid % 257u] + 1u, u1")

    file = tmp_path / "spoiled.cu"
    file.write_text(spoiled(source([program])))
    result = ran(simcc(tmp_path / "spoiled", [file], "-O1"))
    assert result.returncode == 1 and "program 9 DIFFERS: out" in result.stdout
    small = smallest(9, 1, 1, spoil=spoiled, folder=tmp_path, tries=12)
    assert len(small.read_text()) < len(file.read_text())
